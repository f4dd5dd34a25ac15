"""Splunk starts this file as the input; it puts asana-audit in its own place before anything is read from standard input."""

import os
import platform
import sys
from xml.sax.saxutils import escape

APP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# What Splunk sets for its own programs, and what would change ours.
FOREIGN = ("LD_LIBRARY_PATH", "NODE_OPTIONS", "NODE_PATH", "OPENSSL_CONF", "PYTHONPATH", "SSL_CERT_FILE")


def node_path():
    """The Node of the page Configuration; empty without one."""
    section = found = ""
    try:
        with open(os.path.join(APP, "local", "ta_asana_audit_input_settings.conf"), encoding="utf-8") as lines:
            for line in map(str.strip, lines):
                name, _, value = line.partition("=")
                if line.startswith("["):
                    section = line
                elif section == "[node]" and name.strip() == "node_path":
                    found = value.strip()
    except FileNotFoundError:
        pass
    return found


def refuse(message):
    if "--validate-arguments" in sys.argv:
        print("<error><message>%s</message></error>" % escape(message))
    print('ERROR asana_audit event="not_started" detail="%s"' % message, file=sys.stderr)
    sys.exit(1)


def main():
    node = node_path()
    executable = os.path.join(APP, "bin", "asana-audit-linux-x64")
    command = [node, os.path.join(APP, "bin", "asana-audit", "bundle", "bin.js")] if node else [executable]
    if not node and platform.machine() != "x86_64":
        refuse("The program of this app is for x86-64. Install Node 22.19 or later, and enter its path on the page Configuration.")
    for name in FOREIGN:
        os.environ.pop(name, None)
    try:
        os.execv(command[0], command + ["splunk-input"] + sys.argv[1:])
    except OSError as error:
        refuse("%s cannot be started: %s." % (command[0], error.strerror))


main()
