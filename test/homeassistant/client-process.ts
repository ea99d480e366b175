/** A daemon's MQTT side alone, to be killed by a test. Arguments: port, user name, password. */
import { exampleSnapshot } from '../examples/example-snapshot.ts'
import { DaemonSide } from './daemon-side.ts'

const [port = '', username = '', password = ''] = process.argv.slice(2)
const broker = { host: '127.0.0.1', port: Number(port), username, password, tls: null }
new DaemonSide(broker).homeAssistant.publish(exampleSnapshot())
