#pragma once

#include <prelabel/base/expects.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace prelabel::http {

/// A certificate authority, a server's certificate for localhost and 127.0.0.2, and one of ours. All tests use the same
/// ones, made when the first asks.
class Certificates {
public:
    Certificates() {
        std::string name = (std::filesystem::temp_directory_path() / "prelabel-tls-XXXXXX").string();
        expects(mkdtemp(name.data()) != nullptr, "a temporary directory can be made");
        directory_ = name;
        std::ofstream(directory_ / "san") << "subjectAltName=DNS:localhost,IP:127.0.0.2\n";
        run("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=test-ca -keyout ca.key "
            "-out ca.pem");
        run("req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -keyout server.key -out "
            "server.csr");
        run("x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile san -out server.pem");
        run("req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=us -keyout us.key -out us.csr");
        run("x509 -req -in us.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out us.pem");
        run("ec -in us.key -aes128 -passout pass:secret -out locked.key");
        run("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=other-ca -keyout other.key "
            "-out "
            "other.pem");
    }
    Certificates(const Certificates&) = delete;
    Certificates& operator=(const Certificates&) = delete;
    ~Certificates() { std::filesystem::remove_all(directory_); }

    [[nodiscard]] std::string path(const std::string& file) const { return (directory_ / file).string(); }

private:
    void run(const std::string& arguments) const {
        const std::string command = "cd " + directory_.string() + " && openssl " + arguments + " >/dev/null 2>&1";
        expects(std::system(command.c_str()) == 0, "the openssl program makes a certificate");
    }
    std::filesystem::path directory_;
};

inline const Certificates& certificates() {
    static const Certificates made;
    return made;
}

}  // namespace prelabel::http
