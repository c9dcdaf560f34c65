# The gateway's package: with each step a queue to an upstream that is away, and the devices.
# shellcheck shell=sh disable=SC2034 # life.sh reads them
name=sluice
yaml=/etc/sluice/sluice.yaml
faulty='s/port: 1883/prot: 1883/'
. /root/try/life.sh
PASSWORD=example-press-01
publish() { mosquitto_pub -V 5 -u press-01 -P "$PASSWORD" -q 1 -t telemetry -m '{"velocityRms":1.7}' || fail "not taken"; }
queued() { # COUNT: this many wait for the upstream that is away, and the ledger balances
  sluice ledger | tee /root/ledger
  grep -q '^balances' /root/ledger || fail "the ledger does not balance"
  [ "$(awk '$1 == "away" && $2 == "telemetry" { print $5 }' /root/ledger)" = "$1" ] || fail "not $1 in the queue"
}
delivered() { [ "$(cat /var/lib/sluice/away/* 2>/dev/null | wc -l)" = 4 ]; }
counted() { sluice ledger | grep -q '^away *telemetry *4 *4 *0 *0$'; }

begin
installed '0 connections'
say sluice device add press-01 --profile vibration-sensor --sector factory --site plant-a --password=$PASSWORD
# a file where the directory has to be
touch /var/lib/sluice/away
echo '  - { name: away, type: file, directory: /var/lib/sluice/away }' >>$yaml
say systemctl restart sluice
publish && publish
queued 2

killed
queued 2

publish
hung
queued 3

upgraded away
step 'the queue goes on'
publish
queued 4
rm /var/lib/sluice/away
within 60 delivered || fail "not delivered"
within 60 counted || fail "not counted"
queued 0
say sluice coverage --by site

misconfigured 'mqtt.prot: is not a known key'
stopped 11
removed /var/lib/sluice/spool
publish
sluice ledger
switched_off
logged
purged
echo 'try-deb: done'
