# The package of the fleet's view, with Kafka and PostgreSQL away; and with Kafka where its libraries are given.
# shellcheck shell=sh disable=SC2034 # life.sh reads them
name=sluice-fleet
yaml=/etc/sluice-fleet/fleet.yaml
faulty='s/^  state:/  sate:/'
. /root/try/life.sh
api=http://127.0.0.1:8090
ready() { curl -sS -o /root/answer -w '%{http_code}' $api/health/ready; }
is_ready() { [ "$(ready)" = 200 ]; }
waits() { [ "$(ready)" = 503 ] && grep -q 'Kafka does not answer within 10 s at localhost:9092' /root/answer; }
broker() { # with the package's own Java, which goes with it
  rm -rf /opt/java
  mkdir -p /opt/java
  cp -r /usr/lib/sluice-fleet/runtime /opt/java/openjdk
  systemd-run --unit=kafka -E KAFKA_NODE_ID=1 -E KAFKA_PROCESS_ROLES=broker,controller \
    -E KAFKA_LISTENERS=PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093 \
    -E KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://127.0.0.1:9092 -E KAFKA_CONTROLLER_LISTENER_NAMES=CONTROLLER \
    -E KAFKA_LISTENER_SECURITY_PROTOCOL_MAP=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT \
    -E KAFKA_CONTROLLER_QUORUM_VOTERS=1@127.0.0.1:9093 -E KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR=1 \
    -E KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS=2 -E KAFKA_TRANSACTION_STATE_LOG_NUM_PARTITIONS=2 \
    -E KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR=1 -E KAFKA_TRANSACTION_STATE_LOG_MIN_ISR=1 \
    -E KAFKA_CONTROLLED_SHUTDOWN_ENABLE=false -E KAFKA_LOG_DIRS=/var/lib/kafka/data bash /opt/kafka/run
  # its topics alone: the tables are where PostgreSQL is
  printf 'fleet: { bus: { bootstrap-servers: "127.0.0.1:9092" } }\n' >/root/init.yaml
  within 60 sluice-fleet init --config /root/init.yaml --partitions 2 || fail "no topics"
}
joined() {
  within 90 is_ready || fail "not ready: $(cat /root/answer)"
  cat /root/answer && echo
}
away() { # it is not ready, says why, and takes no command
  active || fail "not active"
  within 30 waits || fail "no 503 with the reason: $(cat /root/answer)"
  cat /root/answer && echo
}
told() { # its status in systemctl, which is told anew each half of WatchdogSec
  status | grep "Status: \"$1"
}
alone() { # the gateway beside it is as it was
  [ "$(systemctl show -P MainPID sluice)" = "$gateway" ] && [ "$gateway" != 0 ] || fail "the gateway is not as it was"
}

begin
installed 'Kafka '
# as the comment has it
sed -i 's|^# store: |  store: |; s|db.example|127.0.0.1|' $yaml
echo 'SLUICE_STORE_PASSWORD=example-view' >>/etc/sluice-fleet/environment
grep 'store:' $yaml
say sluice-fleet check --config $yaml
say systemctl restart sluice-fleet
step 'Kafka and PostgreSQL are away'
away
code=$(curl -sS -o /root/answer -w '%{http_code}' $api/api/v1/devices/press-01/commands)
cat /root/answer && echo
[ "$code" = 503 ] && grep -qi 'postgresql' /root/answer || fail "PostgreSQL that is away is not told of: $code"

if [ -f /root/sluice.deb ]; then
  step 'the package of the gateway comes, goes and comes beside it'
  view=$(property MainPID)
  say dpkg -i /root/sluice.deb
  say dpkg -P sluice
  [ "$(property MainPID)" = "$view" ] && [ -e $yaml ] && getent passwd sluice-fleet && [ -x /usr/bin/sluice-fleet ] ||
    fail "the view is not as it was"
  say dpkg -i /root/sluice.deb
  gateway=$(systemctl show -P MainPID sluice)
  say sluice status
fi

killed
away
hung
away
upgraded 'store: { uri: "postgresql://127.0.0.1'
away
misconfigured 'fleet.sate: is not a known key' 'did you mean "state"'
away
step 'a faulty profile: the same'
printf 'id: pump\nmetrcs: {}\n' >/etc/sluice-fleet/pump.yaml
sed -i 's|^profiles: .*|profiles: [ /etc/sluice-fleet/pump.yaml ]|' $yaml
! say systemctl restart sluice-fleet || fail "started"
told_of 'pump.yaml:2:1: metrcs: '
refused
rm /etc/sluice-fleet/pump.yaml
cp -p /root/good.yaml $yaml
systemctl start sluice-fleet
stopped 8
away
fares=away
if [ -d /opt/kafka ]; then
  step 'Kafka comes: the view joins by itself, within the limits of its unit'
  view=$(property MainPID)
  broker
  joined
  [ "$(property MainPID)" = "$view" ] || fail "it was started anew"
  within 60 told '2 of 2 parts' || fail "no such status"
  find /var/lib/sluice-fleet/state -name '*.sst' -o -name CURRENT | grep rocksdb || fail "no state"
  killed
  joined
  stopped 20
  joined
  upgraded 'store: { uri: "postgresql://127.0.0.1'
  joined
  fares=joined
fi
kept=/var/lib/sluice-fleet/state/audit
rm -rf /root/audit
cp -r $kept /root/audit
# shellcheck disable=SC2046 # none, or one
removed $kept $([ ! -d /opt/kafka ] || echo /var/lib/sluice-fleet/state/sluice-fleet/0_0/rocksdb)
diff -r /root/audit $kept || fail "the state is another"
$fares
switched_off
logged
[ ! -f /root/sluice.deb ] || alone
purged
if [ -f /root/sluice.deb ]; then
  alone
  say sluice status
  dpkg -P sluice
fi
echo 'try-deb: done'
