import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { AppArmorProfile, type FilePermission, pathPattern } from './apparmor-profile.ts'
import { eventsOf } from './strace-events.ts'

const profile = new AppArmorProfile(`
@{run}=/run/ /var/run/
@{pid}={[1-9],[1-9][0-9]}
profile example flags=(attach_disconnected) {
  capability net_raw,
  network inet stream, # the broker
  signal send set=(kill, term),
  @{run}/lock rwk,
  /proc/@{pid}/maps r,
  owner /home/** rw,
  /usr/bin/{dash,cat} mrix,
  deny /home/secret w,
}`)

const globs: readonly [string, string, boolean][] = [
  ['/data/**', '/data/history.db', true],
  ['/data/**', '/data/a/b', true],
  ['/data/**', '/data/', false],
  ['/data/', '/data/', true],
  ['/lib/*.so', '/lib/a.so', true],
  ['/lib/*.so', '/lib/x/a.so', false],
  ['/lib/**.so*', '/lib/x/a.so.6', true],
  ['/etc/{,**}', '/etc/', true],
  ['/etc/iproute2/{,**}', '/etc/hosts', false],
  ['/usr/{,s}bin/ip', '/usr/sbin/ip', true],
  ['/proc/[1-9][0-9]', '/proc/42', true],
  ['/a.b', '/aXb', false],
]

describe('a path in a profile', () => {
  for (const [glob, path, expected] of globs) {
    test(`${glob} ${expected ? 'is' : 'is not'} ${path}`, () => {
      assert.equal(pathPattern(glob).test(path), expected)
    })
  }
})

const files: readonly [string, FilePermission, boolean][] = [
  ['/run/lock', 'k', true],
  ['/var/run/lock', 'w', true],
  ['/run/lock', 'x', false],
  ['/proc/42/maps', 'r', true],
  ['/home/me/file', 'w', true],
  ['/home/secret', 'w', false],
  ['/home/secret', 'r', true],
  ['/usr/bin/cat', 'x', true],
  ['/usr/bin/vi', 'x', false],
]

describe('a profile', () => {
  for (const [path, permission, expected] of files) {
    test(`${expected ? 'allows' : 'denies'} ${permission} on ${path}`, () => {
      assert.equal(profile.allowsFile(path, permission), expected)
    })
  }

  test('knows its sockets, signals and capabilities', () => {
    assert.deepEqual(profile.capabilities, ['net_raw'])
    assert.ok(profile.allowsSocket('inet stream') && !profile.allowsSocket('inet raw'))
    assert.ok(profile.allowsSending('term') && !profile.allowsSending('hup'))
  })
})

const lines: readonly [string, string[]][] = [
  ['openat(AT_FDCWD</>, "/etc/hosts", O_RDONLY|O_CLOEXEC) = 3</etc/hosts>', ['r /etc/hosts']],
  ['openat(AT_FDCWD</>, "/etc", O_RDONLY|O_DIRECTORY) = 3</etc>', ['r /etc/']],
  ['openat(AT_FDCWD</>, "/nowhere", O_RDONLY) = -1 ENOENT (No such file or directory)', []],
  ['openat(AT_FDCWD</d>, "x", O_RDWR|O_CREAT, 0644) = 3</d/x>', ['r /d/x', 'w /d/x']],
  ['openat(AT_FDCWD</d>, "x", O_WRONLY|O_CREAT, 0644) = 3</d/x>', ['w /d/x']],
  ['mmap(NULL, 8, PROT_READ|PROT_EXEC, MAP_PRIVATE, 3</l.so>, 0) = 0x7f', ['m /l.so']],
  ['mmap(NULL, 8, PROT_READ, MAP_PRIVATE, 3</l.so>, 0) = 0x7f', []],
  ['fcntl(3</d/x>, F_SETLK, {l_type=F_WRLCK}) = 0', ['k /d/x']],
  ['fcntl(3</d/x>, F_SETFD, FD_CLOEXEC) = 0', []],
  ['rename("/d/x", "/d/y") = 0', ['r /d/x', 'w /d/x', 'w /d/y']],
  ['mkdirat(AT_FDCWD</d>, "sub", 0777) = 0', ['w /d/sub/']],
  ['socket(AF_INET, SOCK_RAW|SOCK_CLOEXEC, IPPROTO_ICMP) = 4<socket:[7]>', ['socket inet raw']],
  ['connect(4<socket:[7]>, {sa_family=AF_UNIX, sun_path=@"name"}, 15) = 0', []],
  ['connect(4<socket:[7]>, {sa_family=AF_UNIX, sun_path="/d/s"}, 15) = 0', ['r /d/s', 'w /d/s']],
  ['kill(7, SIGKILL) = 0', ['signal kill']],
]

describe('a line of strace', () => {
  for (const [line, expected] of lines) {
    test(`${line} is ${expected.join(', ') || 'nothing'}`, () => {
      const told = eventsOf(line).map((event) => {
        if (event.kind === 'file') return `${event.permission} ${event.path}`
        return event.kind === 'socket' ? `socket ${event.socket}` : `signal ${event.signal}`
      })
      assert.deepEqual(told, expected)
    })
  }
})
