#!/bin/sh
# Sends an alert about new versions by mail. The text comes from policytrail (`format = "mail"`); change what you like here.
#
#   install -m 755 config/alert-mail.sh /usr/local/bin/policytrail-mail
#
#   [run]
#   on_change = "policytrail-mail you@example.org"
#   [run.alerts]
#   format = "mail"
#   digest = true
#
# Needs a sendmail command (package msmtp-mta, postfix, exim or nullmailer). Under the systemd unit of this directory use
# msmtp-mta: it sends the mail itself. The others write a queue, with rights that the unit does not give.
# Try it without policytrail:
#   printf 'Subject: test\n\nhello\n' | policytrail-mail you@example.org
set -eu
# sendmail is often outside the PATH of a service.
PATH=$PATH:/usr/sbin:/usr/lib
if [ $# -eq 0 ]; then
    echo "usage: ${0##*/} ADDRESS..." >&2
    exit 64
fi
to=$1
message=$(mktemp)
trap 'rm -f "$message"' EXIT
for address in "$@"; do
    [ "$address" = "$to" ] || to="$to, $address"
done
{ printf 'To: %s\n' "$to"; cat; } > "$message"
sendmail -i -- "$@" < "$message"
