#include <algorithm>
#include <array>
#include <unordered_set>

#include <llm_sim/lexicon_words.hpp>

namespace prelabel::llm_sim {
namespace {

using Words = std::unordered_set<std::string_view>;

/// The parts of a list like "one, two".
Words split(std::string_view list) {
    Words words;
    while (!list.empty()) {
        const std::size_t comma = list.find(", ");
        words.insert(list.substr(0, comma));
        list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 2);
    }
    return words;
}

constexpr std::array<UnspacedName, 14> unspaced{{
    {"東京", true},
    {"大阪", true},
    {"京都", true},
    {"日本", true},
    {"北京", true},
    {"上海", true},
    {"中国", true},
    {"香港", true},
    {"台北", true},
    {"田中", false},
    {"山田", false},
    {"佐藤", false},
    {"张伟", false},
    {"李娜", false},
}};

}  // namespace

bool is_first_name(std::string_view word) {
    static const Words words = split(
        "Ada, Adam, Ahmed, Aisha, Alan, Albert, Alexander, Alexandra, Ali, Alice, Amina, Amy, Ana, Anders, Andrea, "
        "Andrew, Angela, Anna, Anne, Anthony, Antonio, Aoife, Barbara, Barack, Ben, Benjamin, Bill, Björn, Bob, "
        "Brian, Camille, Carlos, Carmen, Charles, Chen, Chloé, Chris, Claire, Clara, Daniel, David, Diana, Donald, "
        "Edward, Elena, Elizabeth, Emily, Emma, Eric, Erik, Fatima, Felix, Fernando, François, Frank, Friedrich, "
        "George, Giulia, Grace, Hannah, Hans, Harry, Hassan, Helen, Helena, Henry, Hiroshi, Ibrahim, Igor, Ingrid, "
        "Isaac, Ivan, Jack, Jacob, James, Jan, Jane, Javier, Jean, Jennifer, Jessica, João, Joe, Johan, Johann, "
        "John, Jonas, Jorge, José, Joseph, Juan, Julia, Jürgen, Karen, Karl, Kate, Katherine, Kenji, Kevin, Lars, "
        "Laura, Lena, Leo, Li, Linda, Lisa, Louis, Lucas, Lucía, Luis, Mahatma, Marcel, Margaret, Maria, María, "
        "Marie, Mario, Mark, Martin, Mary, Matthew, Max, Maya, Mehmet, Mei, Michael, Miguel, Mohamed, Mohammed, "
        "Muhammad, Nadia, Naomi, Nelson, Nicolas, Nina, Noah, Noor, Oliver, Olga, Omar, Oscar, Pablo, Patricia, "
        "Patrick, Paul, Pedro, Peter, Philip, Pierre, Priya, Rachel, Raj, Ravi, Rebecca, Richard, Robert, Rosa, "
        "Ruth, Samuel, Sara, Sarah, Satoshi, Sean, Simon, Sofia, Sophie, Stefan, Stephen, Steve, Susan, Sven, "
        "Tariq, Thomas, Tim, Tom, Victoria, Vladimir, Wei, William, Yuki, Yusuf, Zara, Zoë, Иван, Мария, Анна, "
        "Ольга");
    return words.contains(word);
}

bool is_place(std::string_view text) {
    static const Words words = split(
        "Africa, Algeria, America, Amsterdam, Argentina, Asia, Athens, Atlanta, Australia, Austria, Baghdad, "
        "Bangkok, Barcelona, Beijing, Belgium, Berlin, Bern, Bogotá, Boston, Brazil, Britain, Brussels, Budapest, "
        "Bulgaria, Cairo, California, Canada, Chicago, Chile, China, Colombia, Copenhagen, Dallas, Damascus, "
        "Denmark, Detroit, Dubai, Dublin, Edinburgh, Egypt, England, Ethiopia, Europe, Finland, Florida, Florence, "
        "France, Frankfurt, Geneva, Germany, Ghana, Greece, Hamburg, Hanoi, Helsinki, Hong Kong, Houston, Hungary, "
        "Iceland, India, Indonesia, Iran, Iraq, Ireland, Israel, Istanbul, Italy, Jakarta, Japan, Jerusalem, "
        "Kenya, Kraków, Kyiv, Kyoto, Lagos, Leipzig, Lima, Lisbon, London, Los Angeles, Luxembourg, Lyon, Madrid, "
        "Manchester, Manila, Marseille, Melbourne, Mexico, Mexico City, Miami, Milan, Montreal, Morocco, Moscow, "
        "Mumbai, Munich, München, Nairobi, Naples, Netherlands, New Delhi, New York, New York City, New Zealand, "
        "Nigeria, Norway, Osaka, Oslo, Ottawa, Oxford, Pakistan, Palestine, Paris, Peru, Philadelphia, Poland, "
        "Portugal, Prague, Québec, Reykjavík, Rio de Janeiro, Romania, Rome, Russia, San Francisco, Santiago, São "
        "Paulo, Scotland, Seattle, Seoul, Shanghai, Singapore, South Africa, South Korea, Spain, Stockholm, "
        "Sweden, Switzerland, Sydney, Syria, Taipei, Taiwan, Tehran, Texas, Thailand, Tokyo, Toronto, Tunis, "
        "Turkey, Ukraine, United Kingdom, United States, Vancouver, Venice, Vienna, Vietnam, Wales, Warsaw, "
        "Washington, Zürich, UK, USA, Москва, Россия, Киев");
    return words.contains(text);
}

bool is_organisation(std::string_view text) {
    static const Words words = split(
        "Airbus, Amazon, Apple, BBC, BMW, Boeing, Bosch, CERN, CNN, Congress, ECB, ESA, EU, European Union, "
        "Facebook, FBI, FIFA, Google, Honda, IBM, IMF, Intel, Interpol, Lufthansa, Meta, Microsoft, NASA, NATO, "
        "Nestlé, Netflix, Nokia, Novartis, OECD, OPEC, Pfizer, Philips, Red Cross, Reuters, Roche, Royal Society, "
        "Samsung, SAP, Senate, Siemens, Sony, Tesla, Toyota, Twitter, UEFA, UN, UNESCO, UNICEF, United Nations, "
        "Volkswagen, WHO, World Bank, World Health Organization");
    return words.contains(text);
}

bool is_title(std::string_view word) {
    static const Words words = split(
        "Mr, Mrs, Ms, Miss, Dr, Prof, Professor, President, Senator, Minister, Chancellor, Captain, Colonel, "
        "General, Sir, Lady, Lord, Judge, Justice, King, Queen, Pope, Herr, Frau, Señor, Señora, Madame, Monsieur, "
        "Nurse, Doctor");
    return words.contains(word);
}

bool is_organisation_ending(std::string_view word) {
    static const Words words = split(
        "Inc, Ltd, LLC, Corp, Corporation, GmbH, AG, SA, SE, PLC, Co, Company, Group, Holdings, University, "
        "Universität, Institute, Hospital, Clinic, Bank, Agency, Ministry, Council, Association, Party, Society, "
        "Foundation, Committee, Union, Airlines, United, FC, Museum, College, Academy, Laboratories, Systems, "
        "Technologies");
    return words.contains(word);
}

bool is_organisation_opening(std::string_view word) {
    static const Words words =
        split("University, Bank, Ministry, Department, Institute, Academy, House, Museum, Council, Church");
    return words.contains(word);
}

bool is_month(std::string_view word) {
    static const Words words =
        split("January, February, March, April, May, June, July, August, September, October, November, December");
    return words.contains(word);
}

bool is_connector(std::string_view word) {
    static const Words words = split("of, de, da, do, del, la, van, von, der, den, bin, al, for, and");
    return words.contains(word);
}

const UnspacedName* unspaced_name_at(std::string_view text) {
    const auto found =
        std::ranges::find_if(unspaced, [&](const UnspacedName& name) { return text.starts_with(name.text); });
    return found == unspaced.end() ? nullptr : &*found;
}

}  // namespace prelabel::llm_sim
