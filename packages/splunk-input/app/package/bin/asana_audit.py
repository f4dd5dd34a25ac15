"""Splunk starts this file as the input; it puts asana-audit in its own place before anything is read from standard input."""

import fcntl
import os
import platform
import re
import subprocess
import sys
import time
from xml.sax.saxutils import escape

APP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BIN = os.path.join(APP, "bin")
# What Splunk sets for its own programs, and what would change ours.
FOREIGN = ("LD_LIBRARY_PATH", "NODE_OPTIONS", "NODE_PATH", "OPENSSL_CONF", "PYTHONPATH", "SSL_CERT_FILE")
OLDEST_NODE = (22, 19)
# Of Linux; Python 3.9 has no name for it.
F_SETPIPE_SZ = 1031


class Refused(Exception):
    """Why the program cannot be started, with what to do."""


def node_path():
    """The Node of the page Configuration; empty without one."""
    section = found = ""
    for folder in ("default", "local"):
        path = os.path.join(APP, folder, "ta_asana_audit_input_settings.conf")
        try:
            with open(path, encoding="utf-8-sig", errors="replace") as lines:
                for line in map(str.strip, lines):
                    name, _, value = line.partition("=")
                    if line.startswith("["):
                        section = line
                    elif section == "[node]" and name.strip() == "node_path":
                        found = value.strip()
        except FileNotFoundError:
            pass
        except OSError as error:
            raise Refused("%s cannot be read: %s. The user of Splunk needs the permission." % (path, error.strerror))
    return found


def check_node(node):
    try:
        done = subprocess.run([node, "--version"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=30)
    except subprocess.TimeoutExpired:
        raise Refused("%s does not say its version. Is it Node? Correct its path on the page Configuration." % node)
    version = re.match(r"v(\d+)\.(\d+)\.", done.stdout.decode("ascii", "replace"))
    if not version:
        raise Refused("%s is not Node. Correct its path on the page Configuration." % node)
    if tuple(map(int, version.groups())) < OLDEST_NODE:
        raise Refused("%s is Node %s.%s, and this app needs Node 22.19 or later. Install a newer one, and enter its path on the page Configuration." % (node, *version.groups()))


def command():
    node = node_path()
    if node:
        check_node(node)
        return [node, os.path.join(BIN, "asana-audit", "bundle", "bin.js")]
    if platform.machine() != "x86_64":
        raise Refused("The program in this app is for x86-64, and this machine is %s. Install Node 22.19 or later, and enter its path on the page Configuration, tab Node." % platform.machine())
    return [os.path.join(BIN, "asana-audit-linux-x64")]


def keep_pipe_short():
    """So that little can wait between the input and a splunkd that does not read, and the input notices soon."""
    try:
        fcntl.fcntl(1, F_SETPIPE_SZ, 4096)
    except OSError:
        pass  # It is not a pipe, or the system does not allow it. The input works with a longer one, too.


def refuse(message):
    if "--validate-arguments" in sys.argv:
        print("<error><message>%s</message></error>" % escape(message))
    else:
        # Only the names: the session key is in there too.
        read = sys.stdin.read()
        name = re.search(r'<stanza name="asana_audit://([^"]+)"', read)
        workspace = re.search(r'<param name="workspace">(\d+)</param>', read)
        names = tuple(found.group(1) if found else "unknown" for found in (name, workspace))
        detail = message.replace('"', "'").replace("\n", " ")
        print('ERROR asana_audit event="not_started" input="%s" workspace="%s" code="not_started" detail="%s"' % (*names, detail), file=sys.stderr, flush=True)
        # Splunk starts an input again at once where its interval is 0.
        time.sleep(60)
    sys.exit(1)


def main():
    for name in FOREIGN:
        os.environ.pop(name, None)
    if "--scheme" in sys.argv:
        # It needs no program, so Splunk knows the input also where none can be started yet.
        with open(os.path.join(BIN, "asana-audit-scheme.xml"), encoding="utf-8") as scheme:
            print(scheme.read(), end="")
        return
    words = ["The program"]  # Until it is known which.
    try:
        words = command()
        keep_pipe_short()
        os.execv(words[0], words + ["splunk-input"] + sys.argv[1:])
    except Refused as refusal:
        refuse(str(refusal))
    except OSError as error:
        refuse("%s cannot be started: %s. For the program of this app, install it again; for Node, correct its path on the page Configuration." % (error.filename or words[0], error.strerror))


main()
