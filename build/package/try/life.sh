# What both packages go through, for sluice.sh and sluice-fleet.sh beside it, which say before:
#   name    of the package, its command, its unit and its user
#   yaml    its configuration
#   faulty  how sed makes a key of that wrong
# /root/NAME.deb is the package, /root/newer.deb the same with a later version and another configuration.
# shellcheck shell=sh disable=SC2154 # they are set there
set -eu
say() { printf '\n# %s\n' "$*"; "$@"; }
step() { printf '\n## %s\n' "$*"; }
fail() { echo "try-deb: $*" && exit 1; }
trap '[ $? = 0 ] || journalctl --no-pager -n 40 -u $name' EXIT
property() { systemctl show -P "$1" "$name"; }
active() { systemctl -q is-active "$name"; }
status() { systemctl --no-pager --full status "$name" || true; }
within() { # SECONDS COMMAND...: until that holds
  end=$(($(date +%s) + $1))
  shift
  until "$@"; do
    [ "$(date +%s)" -lt "$end" ] || return 1
    sleep 0.2
  done
}
again() { [ "$(property NRestarts)" = 1 ] && active; }
upgrade() { dpkg -i --force-confold /root/newer.deb; }

begin() {
  echo '127.0.0.1 localhost' >/etc/hosts
  for each in sluice sluice-fleet; do
    ! dpkg -s $each >/dev/null 2>&1 || dpkg -P $each
  done
}

installed() { # STATUS: what the unit says of itself
  step 'install: it runs, and will after a boot'
  say dpkg -i "/root/$name.deb"
  say systemctl is-active "$name"
  say systemctl is-enabled "$name"
  status | grep "Status: \"$1" || fail "no status"
  systemd-analyze security --no-pager "$name" | tail -n 1
}

killed() {
  step 'kill -9'
  kill -9 "$(property MainPID)"
  within 60 again || fail "not started again"
}

hung() {
  step 'a hang is ended by the watchdog'
  mkdir -p "/run/systemd/system/$name.service.d"
  printf '[Service]\nWatchdogSec=5\n' >"/run/systemd/system/$name.service.d/watchdog.conf"
  systemctl daemon-reload
  systemctl restart "$name"
  kill -STOP "$(property MainPID)"
  within 60 again || fail "not started again"
  journalctl -u "$name" | grep 'Watchdog timeout' || fail "it was not the watchdog"
  rm -r "/run/systemd/system/$name.service.d"
  systemctl daemon-reload
}

upgraded() { # TEXT: of the edited configuration
  step 'a newer package: the edited configuration stays'
  before=$(property MainPID)
  say upgrade
  active && [ "$(property MainPID)" != "$before" ] || fail "not restarted"
  grep -q "$1" "$yaml" && ! grep -q newer "$yaml" && grep -q newer "$yaml.dpkg-dist" || fail "the configuration did not stay"
  stat -c '%U:%G %a %n' "/etc/$name" "$yaml" "/etc/$name/environment" "/var/lib/$name" | tee /root/modes
  printf "root:$name %s\n" "750 /etc/$name" "640 $yaml" "640 /etc/$name/environment" >/root/expected
  echo "$name:$name 700 /var/lib/$name" >>/root/expected
  diff /root/expected /root/modes || fail "other rights"
}

misconfigured() { # NAMED...: what is said of it
  step 'a faulty configuration: named, not tried again, no obstacle to a newer package'
  cp -p "$yaml" /root/good.yaml
  sed -i "$faulty" "$yaml"
  ! say systemctl restart "$name" || fail "started"
  for each in "$@"; do
    told_of "$each"
  done
  refused
  upgrade >/root/dpkg 2>&1 || fail "not upgraded"
  tail -n 3 /root/dpkg
  grep -q 'does not start' /root/dpkg || fail "dpkg -i does not tell"
  refused
  cp -p /root/good.yaml "$yaml"
  say systemctl start "$name"
}

told_of() { # TEXT
  status >/root/status
  grep "$1" /root/status || fail "$1 is not named"
}

refused() { # and not tried again: where it is, the state is activating
  [ "$(property ActiveState) $(property NRestarts) $(property ExecMainStatus)" = 'failed 0 2' ] || fail "tried again"
}

stopped() { # SECONDS that it may take
  step 'a stop is in order and soon'
  began=$(date +%s%N)
  systemctl stop "$name"
  millis=$((($(date +%s%N) - began) / 1000000))
  echo "$millis ms"
  [ $millis -lt $(($1 * 1000)) ] && [ "$(property Result)" = success ] || fail "no good stop"
  step 'so is one while it starts'
  systemctl start --no-block "$name"
  within 10 java || fail "no Java"
  sleep 0.4
  systemctl stop "$name"
  echo "its code was $(property ExecMainStatus)"
  [ "$(property Result)" = success ] || fail "no good stop"
  systemctl start "$name"
}

java() { [ "$(cat "/proc/$(property MainPID)/comm" 2>/dev/null)" = java ]; }

removed() { # FILE...: what is there afterwards
  step 'remove, install: with the data of before'
  say dpkg -r "$name"
  ! active && [ ! -e "/usr/lib/$name" ] || fail "is there"
  for each in "$yaml" "$@"; do
    [ -e "$each" ] || fail "$each is lost"
  done
  say dpkg -i /root/newer.deb
  active && systemctl -q is-enabled "$name" || fail "is not on again"
}

switched_off() {
  step 'switched off stays off'
  say systemctl disable --now "$name"
  say dpkg -i /root/newer.deb
  ! active && ! systemctl -q is-enabled "$name" || fail "is on"
}

logged() {
  step 'its log'
  say journalctl --no-pager -u "$name" -p warning
  ! journalctl -o cat -u "$name" | grep -e '^20..-..-..T' -e "^$(printf '\t')at " -e '^[a-zA-Z.]*Exception' ||
    fail "two times a line, or a stack trace"
  ! journalctl -o cat -u "$name" | grep 'other users' || fail "it finds fault with what the package has made"
}

purged() {
  step 'purge'
  say dpkg -P "$name"
  for each in etc var/lib var/log usr/lib usr/share/doc usr/bin; do
    [ ! -e "/$each/$name" ] || fail "/$each/$name is left"
  done
  ! getent passwd "$name" && ! getent group "$name" || fail "the user is left"
  ! find /etc/systemd /usr/lib/systemd /var/lib/systemd -name "$name.service*" | grep . || fail "left"
}
