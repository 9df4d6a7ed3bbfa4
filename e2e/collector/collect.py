"""Takes OTLP over HTTP and appends what it is sent to a file, for a test that searches it.

    python3 collect.py ADDRESS FILE
"""

import http.server
import sys

address, kept = sys.argv[1:]


class Collector(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        with open(kept, "ab") as file:
            file.write(body)
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()


server = http.server.ThreadingHTTPServer((address, 0), Collector)
print(f"listens at http://{address}:{server.server_port}", flush=True)
server.serve_forever()
