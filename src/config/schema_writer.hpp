#pragma once

#include "config/field.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

namespace prelabel::config {

/// A key of the published schema, with the keys below it.
struct Branch {
    const Field* field = nullptr;  ///< none: a mapping that only groups keys
    std::string default_text = {};
    std::vector<std::pair<std::string, std::unique_ptr<Branch>>> children = {};  ///< "[]" for a list's items

    /// The key of that name below it, made when there is none.
    Branch& child(const std::string& name);
};

/// Writes a JSON Schema: what all keys have in common. Each type writes its own members with it.
class SchemaWriter {
public:
    using Json = rapidjson::PrettyWriter<rapidjson::StringBuffer>;

    /// `variables`: a value may also be written with `${VAR}`, which no type can know before it is expanded.
    SchemaWriter(Json& out, bool variables) : json(out), variables_(variables) {}

    /// The members of the schema that describes `branch`.
    void members(const Branch& branch);

    template <class Members>
    void object(Members members) {
        json.StartObject();
        members();
        json.EndObject();
    }
    template <class Members>
    void object(const char* key, Members members) {
        json.Key(key);
        object(members);
    }
    template <class Items>
    void array(const char* key, Items items) {
        json.Key(key);
        json.StartArray();
        items();
        json.EndArray();
    }
    void pair(const char* key, const std::string& value) {
        json.Key(key);
        json.String(value);
    }
    /// An object that says only which type a value has, and which texts it takes.
    void simple(const char* type, const std::string& pattern = {});
    /// Among the alternatives of a value that is not a text: its text with a variable in it.
    void variable();

    Json& json;

private:
    void write_default(const Branch& branch);

    bool variables_;
};

}  // namespace prelabel::config
