#!/bin/sh
# Runs after an installation and after an upgrade. A new service is not started: it needs its settings and a token first.
set -e
systemd-sysusers asana-audit.conf
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
  # After an upgrade the old program still runs. The new one goes on from the saved position.
  systemctl try-restart asana-audit.service
fi
