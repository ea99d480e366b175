#!/bin/sh
# A house with two lines, a server of its tunnel's KIND (l2tp, wireguard) and a device, each a network of
# its own in the guest: few programs, for the processor may be an emulated one. `tunnel-house.sh KIND
# STEP …`; each step prints what the test looks at, and ends with an error where it can't be done.
set -eu
sources=$(dirname "$(readlink -f "$0")")/../..
kind=$1
shift
place=/run/tunnel-house
address=203.0.113.80
server=203.0.113.1

# Not for what stays in the background: a shell that waits for it would keep the step's output open.
house() { ip netns exec house "$@"; }
isp() { ip netns exec isp "$@"; }
device() { ip netns exec device "$@"; }

# For $1, looking at most $2 times, each a second after the other: the rest has to succeed. On an
# emulated processor a look may take as long as what it waits for.
wait_for() {
  what=$1 looks=$2
  shift 2
  while ! "$@" >/dev/null 2>&1; do
    looks=$((looks - 1))
    if [ "$looks" -le 0 ]; then
      echo "waited in vain for $what" >&2
      tail -n 60 "$place"/*.log >&2
      exit 1
    fi
    sleep 1
  done
}

up() {
  mkdir -p "$place"
  case $kind in
    l2tp) modprobe -a l2tp_ppp ppp_generic ;;
    wireguard) modprobe wireguard ;;
  esac
  for name in house isp device; do
    ip netns add $name
    ip -n $name link set lo up
  done
  for line in 1 2; do
    ip link add line$line netns house type veth peer name line$line netns isp
    ip -n house address add 10.$line.0.2/24 dev line$line
    ip -n isp address add 10.$line.0.1/24 dev line$line
    ip -n house link set line$line up
    ip -n isp link set line$line up
  done
  ip link add lan netns house type veth peer name lan netns device
  ip -n house address add 192.168.0.3/24 dev lan
  ip -n device address add 192.168.0.10/24 dev lan
  ip -n house link set lan up
  ip -n device link set lan up
  ip -n device route add default via 192.168.0.3
  house sysctl -qw net.ipv4.ip_forward=1
  for one in $server 1.1.1.1 8.8.8.8 9.9.9.9; do ip -n isp address add "$one/32" dev lo; done
  for name in isp device; do
    ip netns exec $name perl -e "$echo_server" >"$place/echo-$name.log" 2>&1 &
  done
  write_options 'pass "word"'
  start_server
}

# L2TP's with the password $1.
write_options() {
  cat >"$place/options.yaml" <<END
wans:
  - { name: primary, gateway: 10.1.0.1, interface: line1 }
  - { name: secondary, gateway: 10.2.0.1, interface: line2 }
tunnels:
  - name: home_ip
    kind: $kind
$("${kind}_options" "$@")
forwards:
  - { tunnel: home_ip, protocol: tcp, port: 7000, to: 192.168.0.10 }
default_policy: { use: [home_ip] }
probe: { methods: [icmp] }
log_level: debug
END
}

l2tp_options() {
  printf '    %s\n' "endpoint: $server:1701" 'username: house' "password: $1"
}

wireguard_options() {
  for one in house server; do [ -e "$place/$one.key" ] || wg genkey >"$place/$one.key"; done
  printf '    %s\n' "endpoint: $server:51820" "address: [$address/32]" \
    "private_key: $(cat "$place/house.key")" "peer_key: $(wg pubkey <"$place/server.key")"
}

start_server() { "start_${kind}_server"; }

start_wireguard_server() {
  ip -n isp link add wg type wireguard
  isp wg set wg listen-port 51820 private-key "$place/server.key" \
    peer "$(wg pubkey <"$place/house.key")" allowed-ips $address/32
  ip -n isp address add 10.77.0.1/32 dev wg
  ip -n isp link set wg mtu 1420 up
  ip -n isp route add $address/32 dev wg src 10.77.0.1
}

start_l2tp_server() {
  mkdir -p "$place/ppp"
  cat >"$place/ppp/xl2tpd" <<END
[global]
port = 1701
listen-addr = $server
[lns default]
assign ip = no
local ip = 10.77.0.1
require authentication = yes
require chap = yes
refuse pap = yes
name = provider
pppoptfile = $place/ppp/provider
END
  printf '%s\n' nodefaultroute noccp 'lcp-echo-interval 1' 'lcp-echo-failure 4' >"$place/ppp/provider"
  echo "house provider \"pass \\\"word\\\"\" $address" >/etc/ppp/chap-secrets
  ip netns exec isp xl2tpd -D -c "$place/ppp/xl2tpd" -p "$place/ppp/pid" -C "$place/ppp/control" \
    >>"$place/server.log" 2>&1 &
}

# As when the machine dies: nobody says goodbye. What the daemon has said before counts no more.
stop_server() {
  : >"$place/daemon.log"
  case $kind in
    l2tp) pkill -KILL -f "$place/ppp/" ;;
    wireguard) ip -n isp link delete wg ;;
  esac
}

start_daemon() {
  NODE_COMPILE_CACHE=$place/compile-cache
  export NODE_COMPILE_CACHE
  ip netns exec house "$sources/node_modules/.bin/node" "$sources/src/main.ts" \
    run --options "$place/options.yaml" >>"$place/daemon.log" 2>&1 &
  echo $! >"$place/daemon.pid"
}

# As the add-on: from its places, under its profile, with a /run of its own.
start_confined_daemon() {
  cp "$place/options.yaml" /data/options.json
  ip netns exec house sh -ec 'mount -t tmpfs -o mode=755 tmpfs /run; cd /app
    exec aa-exec --profile wan_failover -- node src/main.ts run --options /data/options.json --data /data' \
    >>"$place/daemon.log" 2>&1 &
  echo $! >"$place/daemon.pid"
}

# The server last heard the tunnel by line $1, and what a device sends comes back.
by_line() {
  wait_for "a connection by line $1" 240 is_by "$1"
  wait_for 'an answer to the device' 120 device ping -c 1 -W 1 8.8.8.8
}

is_by() { "${kind}_is_by" "$1"; }

wireguard_is_by() { isp wg show wg endpoints | grep -q "10\\.$1\\.0\\.2:61902"; }

l2tp_is_by() {
  last=$(grep 'Connection established to' "$place/server.log" | tail -n 1)
  case $last in *"to 10.$1.0.2, 61902"*) ;; *) return 1 ;; esac
}

says() { wait_for "$1" 180 grep -Eq "$1" "$place/daemon.log"; }

silence() {
  isp nft "add table inet silence; add chain inet silence in { type filter hook prerouting priority raw; }
    add rule inet silence in iifname line$1 drop"
}

mend() { isp nft delete table inet silence; }

# A connection `outward`, of the device, or `inward`, of the provider to the house's address; ends once
# who began it has heard itself.
stream() {
  case $1 in
    outward) ip netns exec device perl -e "$talker" $server "$place/outward" >"$place/$1.log" 2>&1 & ;;
    inward) ip netns exec isp perl -e "$talker" $address "$place/inward" >"$place/$1.log" 2>&1 & ;;
  esac
  wait_for "the stream $1 to begin" 120 test -s "$place/$1"
}

# Who has come to the device from outside, by its own account.
guests() { cat "$place/echo-device.log"; }

# How often it has come back whole, the longest wait for that in ms, and what went wrong.
heard() { cat "$place/$1"; }

# It comes back anew. TCP asks ever more seldom while nobody answers.
goes_on() {
  for way in outward inward; do
    wait_for "the stream $way to go on" 240 is_newer "$way" "$(cut -d ' ' -f 1 "$place/$way")"
  done
}

is_newer() { [ "$(cut -d ' ' -f 1 "$place/$1")" -gt $(($2 + 5)) ]; }

# Addresses and main, once PPP's route to the other end is gone from there.
settled() {
  wait_for 'a settled link' 60 is_settled
  house ip -o -4 address show dev wf-home_ip
  house ip route
}

is_settled() {
  own=$(house ip -o -4 address show dev wf-home_ip)
  case $own in *peer* | '') return 1 ;; esac
  ! house ip route | grep -q wf-home_ip
}

# What the daemon, its programs and their arguments show to others.
secrets() {
  stat -c '%a %n' /run/wan-failover/*.dial/*
  grep -h 'word' "$place/daemon.log" || true
  tr '\0' ' ' <"/proc/$(cat "$place/daemon.pid")/cmdline"
  for one in $(programs); do tr '\0' ' ' <"/proc/$one/cmdline"; done
}

log() { cat "$place/daemon.log"; }

# Programs that dial on the house's behalf.
programs() { pgrep -f '^(/usr/sbin/pppd|xl2tpd) .*wan-failover/' || echo none; }

kill_daemon() {
  kill -KILL "$(cat "$place/daemon.pid")"
  : >"$place/daemon.log"
  wait_for 'the end of the daemon' 60 has_ended
  wait_for 'the end of its programs' 60 are_gone
}

are_gone() { [ "$(programs)" = none ]; }

stop_daemon() {
  kill -TERM "$(cat "$place/daemon.pid")"
  wait_for 'the end of the daemon' 120 has_ended
}

has_ended() { ! kill -0 "$(cat "$place/daemon.pid")" 2>/dev/null; }

traces() {
  house ip -o link | cut -d: -f2
  house ip rule
  house ip route show table all
  house nft list tables
  ls /run/wan-failover 2>/dev/null || true
  programs
}

echo_server='use IO::Socket::INET; $SIG{CHLD} = "IGNORE";
  my $door = IO::Socket::INET->new(LocalPort => 7000, Listen => 9, ReuseAddr => 1) or die $!;
  while (my $guest = $door->accept) {
    next if fork; print $guest->peerhost, "\n"; STDOUT->flush;
    while (sysread($guest, my $bytes, 4096)) { syswrite($guest, $bytes) } exit }'

# A line each tenth of a second in one TCP connection; each has to come back whole and in order.
talker='use IO::Socket::INET; use Time::HiRes qw(time sleep);
  my $far = IO::Socket::INET->new(PeerAddr => $ARGV[0], PeerPort => 7000) or die $!;
  my ($heard, $longest, $last, $rest, $sent) = (0, 0, time, "", 0);
  sub note { open my $out, ">", "$ARGV[1].new"; printf $out "%d %d %s\n", $heard, $longest * 1000, $_[0];
    close $out; rename "$ARGV[1].new", $ARGV[1] }
  $far->blocking(0); $SIG{PIPE} = sub { note("broken pipe"); exit };
  while (1) {
    syswrite($far, $sent++ . "\n");
    my $got = sysread($far, my $bytes, 65536);
    if (defined $got && $got == 0) { note("closed"); exit }
    if (!defined $got && !$!{EAGAIN}) { note("$!"); exit }
    $rest .= $bytes if $got;
    while ($rest =~ s/^(\d+)\n//) { if ($1 != $heard) { note("wrong"); exit } $heard++;
      my $gap = time - $last; $longest = $gap if $gap > $longest; $last = time }
    note("fine"); sleep 0.1 }'

"$@"
