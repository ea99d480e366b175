/** A daemon's MQTT side alone, to be killed by a test. Arguments: port, user name, password. */
import { MqttHomeAssistant } from '../../src/homeassistant/mqtt/mqtt-client.ts'
import { exampleSnapshot, twoWans } from '../examples/example-snapshot.ts'
import { RecordedLog } from '../fakes/recorded-log.ts'

const [port = '', username = '', password = ''] = process.argv.slice(2)

const homeAssistant = new MqttHomeAssistant({
  broker: { host: '127.0.0.1', port: Number(port), username, password, tls: null },
  baseTopic: 'wan_failover',
  names: twoWans,
  version: '0.1.0',
  hostName: 'test',
  log: new RecordedLog(),
  onCommand: () => undefined,
})
homeAssistant.publish(exampleSnapshot())
