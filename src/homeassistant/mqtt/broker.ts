/** A broker's address, how to connect to it, and what its refusals mean in plain words. */
import { type IClientOptions, ReasonCodes } from 'mqtt'
import { messageOf } from '../../model/caught-error.ts'
import type { MqttTlsSettings } from '../../model/settings/settings.ts'
import { caFileRefused, readCaFile } from './ca-file.ts'

export interface Broker {
  readonly host: string
  readonly port: number
  readonly username: string | null
  readonly password: string | null
  /** null: not encrypted. */
  readonly tls: MqttTlsSettings | null
  /** Where the file of the certificate authority has to be; left out: anywhere. */
  readonly caFolder?: string
}

/** MQTT 5 lets us set the largest message that we take; some brokers only know 3.1.1. */
export type ProtocolVersion = 5 | 4

/** Our own discovery message, which we read back, stays far below for any number of policies. */
const maxPacketBytes = 1_048_576

/** Throws if the file of the certificate authority can't be read or is refused. */
export function connectOptions(broker: Broker, protocolVersion: ProtocolVersion): IClientOptions {
  return {
    host: broker.host,
    port: broker.port,
    protocol: broker.tls === null ? 'mqtt' : 'mqtts',
    ...(broker.username === null ? {} : { username: broker.username }),
    ...(broker.password === null ? {} : { password: broker.password }),
    ...(broker.tls === null ? {} : tlsOptions(broker.tls, broker.caFolder ?? null)),
    protocolVersion,
    ...(protocolVersion === 5 ? { properties: { maximumPacketSize: maxPacketBytes } } : {}),
    clean: true,
    // When to reconnect, and what to send then, is decided here, not by the library's queue.
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    connectTimeout: 10_000,
    keepalive: 30,
    // Else it makes a buffer of each number up to 65,535, for speed that nobody needs: 9 MB.
    writeCache: false,
  }
}

function tlsOptions(tls: MqttTlsSettings, caFolder: string | null) {
  return {
    rejectUnauthorized: tls.verify,
    ...(tls.caFile === null ? {} : { ca: readCaFile(tls.caFile, caFolder) }),
  }
}

const unacceptableVersion = [1, 132]
const badCredentials = [4, 5, 134, 135]

export function refusesProtocol(error: unknown): boolean {
  return unacceptableVersion.includes(Number(codeOf(error)))
}

/** One sentence without a full stop, never with the password. null: the cause is not known. */
export function faultText(error: unknown, broker: Broker): string {
  const where = `${broker.host}:${broker.port}`
  if (error === null) return `the broker ${where} closed the connection`
  const code = codeOf(error)
  if (typeof code === 'number') {
    if (badCredentials.includes(code)) {
      return broker.username === null
        ? `the broker ${where} wants a user name and a password`
        : `the broker ${where} refuses the user name ${broker.username} or its password`
    }
    const meaning = ReasonCodes[code as keyof typeof ReasonCodes] ?? `code ${code}`
    return `the broker ${where} ends the connection: ${meaning}`
  }
  if (code === caFileRefused) return messageOf(error)
  return (
    networkFault(code, where) ??
    tlsFault(code, where) ??
    `the connection to the broker ${where} failed: ${withoutSecrets(messageOf(error), broker)}`
  )
}

function networkFault(code: string | null, where: string): string | null {
  switch (code) {
    case 'ECONNREFUSED':
      return `nothing answers at ${where}: the broker isn't running, or has another port`
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the name of the broker ${where} can't be resolved`
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `the broker ${where} can't be reached`
    case 'ECONNRESET':
    case 'EPIPE':
      return `the broker ${where} cut the connection`
    default:
      return null
  }
}

function tlsFault(code: string | null, where: string): string | null {
  switch (code) {
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return (
        `the certificate of the broker ${where} is signed by an unknown authority: ` +
        'set mqtt.tls_ca_file'
      )
    case 'CERT_HAS_EXPIRED':
      return `the certificate of the broker ${where} has expired`
    case 'CERT_NOT_YET_VALID':
      return `the certificate of the broker ${where} isn't valid yet: is the clock right?`
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `the certificate of the broker ${where} is for another host name`
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return `the broker ${where} doesn't speak TLS: correct mqtt.port, or switch mqtt.tls off`
    case 'ENOENT':
    case 'EACCES':
    case 'EISDIR':
      return "the certificate authority's file (mqtt.tls_ca_file) can't be read"
    default:
      return null
  }
}

function withoutSecrets(text: string, broker: Broker): string {
  const password = broker.password ?? ''
  return password === '' ? text : text.replaceAll(password, '…')
}

function codeOf(error: unknown): number | string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null
  return typeof error.code === 'number' || typeof error.code === 'string' ? error.code : null
}
