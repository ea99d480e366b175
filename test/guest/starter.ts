/**
 * The guest's first program: it loads what the root disk needs and goes over to it. Debian's own
 * does that for every machine there is, which takes an emulated processor a minute.
 */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { guestTree, starter } from './image.ts'

const execute = promisify(execFile)
const starterMs = 60_000

export async function makeStarter(): Promise<void> {
  const words = ['--mount', '--propagation', 'private', 'sh', '-e', '-c', starterScript, 'sh']
  await execute('unshare', [...words, guestTree, starter], { timeout: starterMs })
}

/**
 * `$1` the tree, `$2` the archive. ext4 guesses which file a program means to be whole after a power
 * cut; other file systems don't, and neither does this one here.
 */
export const starterScript = `
mount -t tmpfs tmpfs "$1/mnt"
mkdir -p "$1/mnt/bin" "$1/mnt/dev" "$1/mnt/proc" "$1/mnt/sys" "$1/mnt/root" "$1/mnt/modules"
cp "$1/bin/busybox" "$1/mnt/bin/sh"
cp "$1/bin/busybox" "$1/mnt/bin/busybox"
version=$(ls "$1/lib/modules")
chroot "$1" modprobe -a -S "$version" --show-depends virtio_pci virtio_blk ext4 crc32c_generic |
  while read -r command file rest; do
    if [ "$command" != insmod ] || grep -qsx "/modules/\${file##*/}" "$1/mnt/modules/list"; then continue; fi
    cp "$1$file" "$1/mnt/modules"
    echo "/modules/\${file##*/}" >>"$1/mnt/modules/list"
  done
cat >"$1/mnt/init" <<'EOT'
#!/bin/sh
set -e
for kind in devtmpfs:dev proc:proc sysfs:sys; do busybox mount -t "\${kind%:*}" none "/\${kind#*:}"; done
while read -r module; do busybox insmod "$module"; done </modules/list
busybox mount -t ext4 -o noauto_da_alloc /dev/vda /root
for folder in dev proc sys; do busybox mount -o move "/$folder" "/root/$folder"; done
exec busybox switch_root /root /sbin/init
EOT
chmod +x "$1/mnt/init"
chroot "$1" sh -c 'cd /mnt && find . | cpio --quiet -o -H newc | gzip -1' >"$2"
`
