"""The way to the model: proxies with and without a tunnel, credentials, and certificates of our own.

The model's name is known to the proxy alone, as behind a company's firewall. The proxy and the TLS server in front of the
simulated model are small programs of this file, from Python's standard library.
"""

import base64
import contextlib
import socket
import socketserver
import ssl
import subprocess
import sys
import threading
import urllib.parse

from cases import NEIGHBOURS, by_id, expect_neighbours_labeled
from parts import expect, expect_equal, perform

CREDENTIALS = "robot:s3cret%20word"
EXPECTED = "Basic " + base64.b64encode(b"robot:s3cret word").decode()


def relay(one, other):
    """Both ways until either side leaves."""

    def copy(source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    there = threading.Thread(target=copy, args=(one, other), daemon=True)
    there.start()
    copy(other, one)
    there.join(timeout=5)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads, allow_reuse_address, request_queue_size = True, True, 256

    def __init__(self, stage, handler):
        super().__init__(("127.0.0.1", 0), handler)
        self.address = f"127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()
        stage.at_end(self.shutdown)


def start_proxy(stage, upstream):
    """A proxy that knows one host, `model.example`, at `upstream`, and wants the credentials. Gives the server; `.asked` are request lines."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            head = b""
            while b"\r\n\r\n" not in head:
                if not (data := self.request.recv(65536)):
                    return
                head += data
            head, rest = head.split(b"\r\n\r\n", 1)
            lines = head.decode().split("\r\n")
            server.asked.append(lines[0])
            fields = dict(line.lower().split(": ", 1) for line in lines[1:])
            if fields.get("proxy-authorization") != EXPECTED.lower():
                return self.request.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n")
            method, target, _ = lines[0].split(" ")
            with socket.create_connection(upstream) as other:
                if method == "CONNECT":
                    if target != "model.example:443":
                        return self.request.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
                    self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                else:
                    path = target.removeprefix("http://model.example")
                    kept = [line for line in lines[1:] if not line.lower().startswith(("proxy-", "connection:"))]
                    # One exchange a connection, so that each request line comes past here.
                    other.sendall("\r\n".join([f"{method} {path} HTTP/1.1", *kept, "Connection: close", "", ""]).encode() + rest)
                relay(self.request, other)

    server = Server(stage, Handler)
    server.asked = []
    return server


def start_tls(stage, upstream, folder):
    """A server that speaks TLS, wants a certificate of `ca.pem`, and hands all on to `upstream`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    context.load_verify_locations(folder / "ca.pem")
    context.verify_mode = ssl.CERT_REQUIRED

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            with contextlib.suppress(OSError), context.wrap_socket(self.request, server_side=True) as here, socket.create_connection(upstream) as there:
                server.names.add(here.getpeercert()["subject"][0][0][1])
                relay(here, there)

    server = Server(stage, Handler)
    server.names = set()
    return server


def make_certificates(folder):
    (folder / "san").write_text("subjectAltName=DNS:model.example\n")
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    for command in (["req", "-x509", *key, "-days", "2", "-subj", "/CN=test-ca", "-keyout", "ca.key", "-out", "ca.pem"],
                    *[["req", *key, "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr"] for name in ("server", "client")],
                    *[["x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "san",
                       "-out", f"{name}.pem"] for name in ("server", "client")]):
        subprocess.run(["openssl", *command], cwd=folder, check=True, capture_output=True)


def upstream_of(sim):
    url = urllib.parse.urlsplit(sim.base_url)
    return url.hostname, url.port


def label(stage, llm, **environment):
    for leftover in stage.folder.glob("out*"):
        leftover.unlink()
    config = stage.config(llm={"model": "sim", "limits": {"max_in_flight": 4}, **llm})
    return stage.prelabel("label", stage.write("in.jsonl", NEIGHBOURS), "-c", config, "-o", "out.jsonl",
                          **{"HTTP_PROXY": "", "HTTPS_PROXY": "", "NO_PROXY": "", **environment})


def a_model_behind_a_proxy_is_reached_as_the_environment_says(stage):
    proxy = start_proxy(stage, upstream_of(stage.llm_sim()))
    through = {"HTTP_PROXY": f"http://{CREDENTIALS}@{proxy.address}"}
    label(stage, {"base_url": "http://model.example/v1"}, **through).expect_code(0)
    expect_neighbours_labeled(by_id(stage.folder / "out.jsonl"))
    expect(proxy.asked and all(line == "POST http://model.example/v1/chat/completions HTTP/1.1" for line in proxy.asked), str(proxy.asked[:3]))
    config = stage.config(llm={"model": "sim", "base_url": "http://model.example/v1"})
    for said, variables in (("NO_PROXY", {"NO_PROXY": ".example", **through}), ("nothing", {"HTTP_PROXY": ""})):
        checked = stage.prelabel("check", "-c", config, "--online", **variables)
        expect("cannot resolve model.example" in checked.out + checked.err, f"with {said} set: {checked.out[-500:]} {checked.err[-500:]}")


def a_tunnel_carries_tls_with_certificates_of_both_sides(stage):
    make_certificates(stage.folder)
    tls = start_tls(stage, upstream_of(stage.llm_sim()), stage.folder)
    proxy = start_proxy(stage, tls.server_address)
    llm = {"base_url": "https://model.example/v1", "ca_file": "ca.pem", "cert_file": "client.pem", "key_file": "client.key",
           "proxy": f"http://{CREDENTIALS}@{proxy.address}"}
    label(stage, llm).expect_code(0)
    expect_neighbours_labeled(by_id(stage.folder / "out.jsonl"))
    expect_equal(set(proxy.asked), {"CONNECT model.example:443 HTTP/1.1"}, "what the proxy was asked")
    expect_equal(tls.names, {"client"}, "who called")


def a_proxy_that_wants_a_password_ends_label_with_what_to_do(stage):
    proxy = start_proxy(stage, upstream_of(stage.llm_sim()))
    for scheme in ("http", "https"):
        ended = label(stage, {"base_url": f"{scheme}://model.example/v1", "proxy": f"http://robot:wr0ng@{proxy.address}"}).expect_code(4)
        expect("407" in ended.err and "llm.proxy" in ended.err, ended.err[-600:])
        expect("wr0ng" not in ended.err, "the password is in the message")


def a_proxy_that_cannot_be_used_is_a_mistake_in_the_configuration(stage):
    for proxy, says in (("socks5://127.0.0.1:1080", "only http:// is supported"), ("http://h:99999", "port")):
        ended = label(stage, {"base_url": "https://model.example/v1", "proxy": proxy}).expect_code(2)
        expect("llm.proxy" in ended.err and says in ended.err, ended.err[-600:])


if __name__ == "__main__":
    sys.exit(perform([
        a_model_behind_a_proxy_is_reached_as_the_environment_says, a_tunnel_carries_tls_with_certificates_of_both_sides,
        a_proxy_that_wants_a_password_ends_label_with_what_to_do, a_proxy_that_cannot_be_used_is_a_mistake_in_the_configuration,
    ]))
