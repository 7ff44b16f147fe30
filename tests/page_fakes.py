"""A server and a browser for the tests of the page; only 127.0.0.1 is reached and everything is bounded in time."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

PATIENCE_SECONDS = 180
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]  # fmt: skip


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def serving(port, log):
    """The command in a process of its own, ended with the block."""
    code = "import sys; from experiments.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", code, "workshop", "--port", str(port)]
    with log.open("a") as out:
        process = subprocess.Popen(
            command, stdout=out, stderr=subprocess.STDOUT, env=os.environ | {"PYTHONUNBUFFERED": "1"}
        )
        try:
            _wait_for(port, process, log)
            yield f"http://127.0.0.1:{port}/"
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(port, process, log):
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise AssertionError(f"the server ended: {log.read_text()}")
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
            return
        time.sleep(0.2)
    raise AssertionError(f"the server did not answer: {log.read_text()}")


class Visitor:
    """A person at a browser of their own, who notes whatever went wrong and every address asked for."""

    def __init__(self, browser, address, **options):
        self.address = address
        self.context = browser.new_context(
            **{"viewport": {"width": 1280, "height": 800}, "accept_downloads": True} | options
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE_SECONDS * 1000)
        self.trouble, self.asked = [], []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.on("console", lambda said: said.type == "error" and self.trouble.append(said.text))

    def open(self, search=""):
        self.page.goto(self.address + search)
        self.wait()
        return self

    def wait(self):
        self.page.wait_for_selector('.room[data-ready="true"]')

    def headline(self, name):
        return self.page.inner_text(f'[data-headline="{name}"]')

    def headlines(self):
        return {name: self.headline(name) for name in ("jobs", "capacity", "spent", "binding")}

    def lever(self, name):
        return self.page.locator(f'[data-lever="{name}"]')

    def drag(self, name, value):
        """Let go of a lever at a value, and wait for the answer to it."""
        self.page.evaluate(
            "name => document.querySelector(`[data-lever='${name}']`).closest('details').open = true", name
        )
        self.lever(name).fill(str(value))
        self.wait_for_key(name)

    def wait_for_key(self, *parts):
        """Wait until the answer drawn is to a question that says all this."""
        self.page.wait_for_function(
            """parts => { const room = document.querySelector('.room');
            return room?.dataset.ready === 'true' && parts.every((part) => room.dataset.key.includes(part)); }""",
            arg=list(parts),
        )

    def outside(self):
        return [url for url in self.asked if not url.startswith((self.address, "data:", "blob:"))]
