// An MQTT load by another hand, to hold the simulator's figures against: MQTT.js, QoS 1.
// node load.mjs PORT CONNECTIONS INFLIGHT RATE(0: as fast as the window lets) WARMUP_S SECONDS
import mqtt from 'mqtt'
const [port, connections, inflight, rate, warmup, seconds] = process.argv.slice(2).map(Number)
const payload = Buffer.alloc(165, 'x')
const latencies = []
let counting = false
const clients = await Promise.all(Array.from({ length: connections }, async (_, i) => {
  const id = `load-${String(i + 1).padStart(4, '0')}`
  return mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { username: id, password: id, clientId: id })
}))
// from when it was due: a publisher that lags behind its schedule hides nothing
const publish = (client, due, then) => client.publish('telemetry', payload, { qos: 1 }, (fault) => {
  if (fault) throw fault
  if (counting) latencies.push(performance.now() - due)
  then?.()
})
let ended = false
for (const [i, client] of clients.entries()) {
  if (rate > 0) {
    const period = 1000 * connections / rate
    let due = performance.now() + period * i / connections
    const tick = () => {
      for (; due <= performance.now() && !ended; due += period) publish(client, due)
      if (!ended) setTimeout(tick, 1)
    }
    tick()
  } else {
    const again = () => { if (!ended) publish(client, performance.now(), again) }
    for (let n = 0; n < inflight; n++) again()
  }
}
const sleep = (s) => new Promise((resolve) => setTimeout(resolve, s * 1000))
await sleep(warmup)
counting = true
await sleep(seconds)
counting = false
ended = true
latencies.sort((a, b) => a - b)
const at = (p) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * p))]
console.log(JSON.stringify({
  ackedPerSecond: latencies.length / seconds, p50Micros: at(0.5) * 1e3, p99Micros: at(0.99) * 1e3,
}))
process.exit(0)
