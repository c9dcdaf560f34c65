"""What the bench scripts share: processes, ports, the gateway under test, the load and the ledger."""
import json, os, re, shutil, signal, socket, subprocess, sys, tempfile, time, urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CONNECTIONS, INFLIGHT, BYTES = 100, 20, 165
TICK = os.sysconf("SC_CLK_TCK")
name = os.path.basename(sys.argv[0])
work = tempfile.mkdtemp(prefix=name + "-")
children = []


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


def mosquitto(port=None):
    port = port or free_port()
    conf = os.path.join(work, "mosquitto.conf")
    with open(conf, "w") as out:
        out.write(f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n"
                  "max_inflight_messages 0\nmax_queued_messages 0\n")
    binary = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
    process = start(binary, "-c", conf, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    await_port(port, process)
    return process, port


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


def kafka():
    maven("-Dmaven.test.skip=true", "-pl", ":peer-testkit", "-am", "package", "dependency:build-classpath",
          "-Dmdep.outputFile=target/classpath.txt")
    testkit = f"{ROOT}/gateway-core/peer-testkit/target"
    with open(f"{testkit}/classpath.txt") as file:
        path = f"{testkit}/classes:{file.read()}"
    process = start(java(), "-Xmx512m", "-XX:+UseSerialGC", "-cp", path, f"{ROOT}/build/peers/KafkaPeer.java",
                    os.path.join(work, "kafka"), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
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
