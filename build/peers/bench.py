"""What the bench scripts share: processes, ports, the gateway under test, the load, the ledger, turns and medians."""
import argparse, json, os, re, shutil, signal, socket, statistics, subprocess, sys, tempfile, time, urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CONNECTIONS, INFLIGHT, BYTES = 100, 20, 165
TICK = os.sysconf("SC_CLK_TCK")
name = os.path.basename(sys.argv[0])
work = tempfile.mkdtemp(prefix=name + "-")
children = []
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that "finally" stops what was started


def arguments(doc, seconds, names, usual=None):
    """Seconds, names and rounds, as the command line says."""
    parser = argparse.ArgumentParser(prog=f"build/{name}", description=doc.split("\nusage:")[0],
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", "--rounds", type=int, default=1, metavar="N",
                        help="measure in turns, N times each, and print the medians (default: 1)")
    parser.add_argument("seconds", type=int, nargs="?", default=seconds, metavar="SECONDS",
                        help=f"of each measurement (default: {seconds})")
    parser.add_argument("which", nargs="*", metavar="NAME",
                        help=f"of {', '.join(names)} (default: {'all' if usual is None else ', '.join(usual)})")
    given = parser.parse_intermixed_args()
    unknown = [each for each in given.which if each not in names]
    if unknown or given.rounds < 1 or given.seconds < 1:
        parser.error(f"no such name: {', '.join(unknown)}" if unknown else "N and SECONDS are 1 or more")
    return given.seconds, given.which or usual or names, given.rounds


def median(rows):
    """Of each figure of some rows; None where no row has it. What is true of all is true."""
    figures = {}
    for key in rows[0]:
        known = [row[key] for row in rows if row[key] is not None]
        figures[key] = None if not known else all(known) if isinstance(known[0], bool) else statistics.median(known)
    return figures


def in_turns(names, rounds, turn, show, base=None, ratios=()):
    """Has turn(name, is_last) measure each name in each round, and shows its row, at last the medians.
    Ratios, as (their key, the figure's), are to the base's row of the same round, where the base comes before: what
    the machine's hour does to one it does to the other."""
    rows = {each: [] for each in names}
    for turns in range(rounds):
        to = None
        for each in names:
            row = turn(each, turns == rounds - 1)
            to = row if each == base else to
            for key, figure in ratios:
                has = to and row[figure] is not None and to[figure]
                row[key] = row[figure] / to[figure] if has else None
            rows[each].append(row)
            show(each, row)
    if rounds > 1:
        print(f"medians of {rounds}", flush=True)
        for each in names:
            show(each, median(rows[each]))


def cell(value, digits=0):
    return "-" if value is None else f"{value:,.{digits}f}"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def await_port(port, process, seconds=60):
    for _ in range(seconds * 10):
        if process.poll() is not None:
            sys.exit(f"{name}: {process.args[0]} ended with {process.returncode}")
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    sys.exit(f"{name}: nothing listens on port {port}")


def start(*command, **options):
    process = subprocess.Popen(command, **options)
    children.append(process)
    return process


def stop(process):
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def mosquitto(port=None, more=""):
    """Without a bound of its own on what is in flight or queued; more are further lines of its configuration."""
    port = port or free_port()
    conf = os.path.join(work, f"mosquitto-{port}.conf")
    with open(conf, "w") as out:
        out.write(f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n"
                  f"max_inflight_messages 0\nmax_queued_messages 0\n{more}")
    binary = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
    process = start(binary, "-c", conf, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    await_port(port, process)
    return process, port


class Arrivals:
    """What a Mosquitto that was started with sys_interval 1 has taken in, by what it says of itself each second.
    At QoS 1 it acknowledges what it takes."""

    def __init__(self, port):
        self.path = os.path.join(work, f"arrived-{port}")
        self.out = open(self.path, "w")
        self.process = start("mosquitto_sub", "-p", str(port), "-i", "arrivals", "-t",
                             "$SYS/broker/publish/messages/received", "-F", "%U %p", stdout=self.out)

    def samples(self):
        """Time in seconds since the epoch and count, since the start."""
        with open(self.path) as said:
            return [(float(line.split()[0]), int(line.split()[1])) for line in said if line.count(" ") == 1
                    and line.endswith("\n")]

    def count(self):
        samples = self.samples()
        return samples[-1][1] if samples else 0

    def rate(self, begin, end):
        """A second, between the first and the last report in that time of something that moves."""
        moving, before = [], None
        for at, count in self.samples():
            if begin < at <= end and count != before:
                moving.append((at, count))
            before = count
        moving = moving[1:]  # before the first report of a move the second was not a whole one
        if len(moving) < 2:
            return None
        (first, few), (last, many) = moving[0], moving[-1]
        return (many - few) / (last - first)

    def settled(self, wanted=None, still=15):
        """The count, once it is the wanted one or has not moved for so many seconds; and since when it is."""
        began = time.time()
        while True:
            samples = self.samples()
            count = samples[-1][1] if samples else 0
            since = next((at for at, each in samples if each == count), began)
            if (wanted is not None and count >= wanted) or time.time() - max(began, since) > still:
                return count, since
            time.sleep(0.1)

    def close(self):
        stop(self.process)
        self.out.close()


def java():
    return subprocess.check_output([f"{ROOT}/build/find-java"], text=True).strip()


def maven(*arguments):
    home = os.environ.get("JAVA_HOME", os.path.dirname(os.path.dirname(java())))
    subprocess.check_call([f"{ROOT}/mvnw", "-q", "-ntp", *arguments], cwd=ROOT,
                          env={**os.environ, "JAVA_HOME": home})


def peer(which):
    """HiveMQ CE or Moquette, fetched from Maven Central: never in the product's class path."""
    path = os.path.join(work, f"{which}.classpath")
    maven("-f", f"{ROOT}/build/peers/{which}.xml", "dependency:build-classpath", f"-Dmdep.outputFile={path}")
    port = free_port()
    with open(path) as file:
        process = start(java(), "-Xmx1g", "--enable-native-access=ALL-UNNAMED", "-cp", file.read(),
                        f"{ROOT}/build/peers/{which.capitalize()}Peer.java", os.path.join(work, which), str(port),
                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    await_port(port, process)
    return process, port


def testkit():
    """The class path of the test kit, which is built first."""
    maven("-Dmaven.test.skip=true", "-pl", ":peer-testkit", "-am", "package", "dependency:build-classpath",
          "-Dmdep.outputFile=target/classpath.txt")
    target = f"{ROOT}/gateway-core/peer-testkit/target"
    with open(f"{target}/classpath.txt") as file:
        return f"{target}/classes:{file.read()}"


def kafka(path=None, *settings):
    """A broker by that class path of the test kit; settings are name=value."""
    process = start(java(), "-Xmx512m", "-XX:+UseSerialGC", "-cp", path or testkit(),
                    f"{ROOT}/build/peers/KafkaPeer.java", os.path.join(work, "kafka"), *settings,
                    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    for line in process.stdout:
        found = re.match(r"127\.0\.0\.1:(\d+)$", line)
        if found:
            return process, int(found.group(1))
    sys.exit(f"{name}: Kafka did not start")


class Cgroup:
    """A limit on all the memory of what joins it, page cache included: version 2, else 1. Needs root."""

    def __init__(self, megabytes):
        unified = os.path.exists("/sys/fs/cgroup/cgroup.controllers")
        parent = "/sys/fs/cgroup" if unified else "/sys/fs/cgroup/memory"
        self.path = f"{parent}/sluice-{name}-{os.getpid()}"
        self.most = "memory.peak" if unified else "memory.max_usage_in_bytes"
        os.mkdir(self.path)
        with open(f"{self.path}/{'memory.max' if unified else 'memory.limit_in_bytes'}", "w") as limit:
            limit.write(str(megabytes << 20))

    def join(self):
        with open(f"{self.path}/cgroup.procs", "w") as members:
            members.write(str(os.getpid()))

    def peak_megabytes(self):
        with open(f"{self.path}/{self.most}") as most:
            return int(most.read()) / (1 << 20)

    def remove(self):
        os.rmdir(self.path)


def gateway(upstreams, options="", joining=None):
    """Started with those upstreams (YAML, in a list's brackets) and those options of its JVM, by a process that
    first calls joining; returns process, MQTT port, admin port."""
    home = tempfile.mkdtemp(prefix="gateway-", dir=work)
    with open(f"{home}/devices.yaml", "w") as out:
        for i in range(1, CONNECTIONS + 2):  # one more than the load has
            out.write(f"- {{ id: load-{i:04}, profile: energy-meter, sector: factory, site: bench,"
                      f" credentials: {{ password: load-load-{i:04} }} }}\n")
    mqtt, admin = free_port(), free_port()
    with open(f"{home}/sluice.yaml", "w") as out:
        out.write("gateway: { id: bench, data: ./var }\n"
                  f"listeners: {{ mqtt: {{ host: 127.0.0.1, port: {mqtt} }} }}\n"
                  f"admin: {{ port: {admin} }}\ndevices: [ devices.yaml ]\n"
                  "spool: { max-bytes: 8GB }\n"
                  f"upstreams: [ {upstreams} ]\n")
    with open(f"{home}/out", "w") as out, open(f"{home}/err", "w") as err:
        process = start(f"{ROOT}/sluice", "run", "--config", f"{home}/sluice.yaml", stdout=out, stderr=err,
                        preexec_fn=joining,
                        env={**os.environ, "SLUICE_OPTS": f"{os.environ.get('SLUICE_OPTS', '')} {options}"})
    await_port(mqtt, process)
    await_port(admin, process)
    return process, mqtt, admin


def ledger(admin):
    with urllib.request.urlopen(f"http://127.0.0.1:{admin}/api/v1/ledger") as answer:
        lines = json.load(answer)["ledger"]
    return [sum(line[key] for line in lines) for key in ("accepted", "delivered", "queued")]


def cpu(process):
    with open(f"/proc/{process.pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def load(port, duration, *more):
    output = subprocess.check_output(
        [f"{ROOT}/sluice", "sim", "load", "--json", "--mqtt", f"tcp://127.0.0.1:{port}",
         "--user", "load-{n:04}", "--password", "load-{id}", "--connections", str(CONNECTIONS),
         "--inflight", str(INFLIGHT), "--qos", "1", "--size", str(BYTES), "--warmup", "0s",
         "--duration", f"{duration}s", *more], text=True)
    return json.loads(next(line for line in output.splitlines() if line.startswith("{")))  # JFR says hello


def drain(admin):
    began, last, left = time.monotonic(), 0, None
    while True:
        accepted, delivered, queued = ledger(admin)
        if queued == 0:
            return accepted, delivered
        now = time.monotonic()
        if queued != left:
            last, left = now, queued
        if now - last > 60:
            sys.exit(f"{name}: {queued} records stay queued")
        time.sleep(0.05)


def clean():
    for child in children:
        stop(child)
    shutil.rmtree(work, ignore_errors=True)
