#!/bin/sh
# Debian says `remove` and Red Hat `0` when the package goes. At an upgrade the service goes on until the new version is there.
set -e
case "$1" in
  remove | 0)
    if [ -d /run/systemd/system ]; then systemctl stop asana-audit.service; fi
    systemctl disable asana-audit.service
    ;;
esac
