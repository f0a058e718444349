"""A model for tests: a server of one's own that answers every call with JSON of the test's making."""

import http.server
import json
import threading


class JsonAnswer(http.server.BaseHTTPRequestHandler):
    """Gives what `reply(headers, request)` of its server returns: a status and an object; or nothing, where that is None."""

    def do_POST(self):
        replied = self.server.reply(self.headers, self.rfile.read(int(self.headers.get("Content-Length", 0))))
        if replied is None:
            return
        status, answer = replied
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class JsonServer(http.server.ThreadingHTTPServer):
    daemon_threads = True


def json_server(stage, reply):
    """Its base URL; it ends with the stage."""
    server = JsonServer(("127.0.0.1", 0), JsonAnswer)
    server.reply = reply
    threading.Thread(target=server.serve_forever, daemon=True).start()
    stage.at_end(server.server_close)
    stage.at_end(server.shutdown)
    return f"http://127.0.0.1:{server.server_port}/v1"
