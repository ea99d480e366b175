import type { LabNode } from '../../lab/network/node.ts'

/** All that a machine forwards and answers by, a line each: is it as it was? */
export async function kernelSettingsOf(node: LabNode): Promise<string> {
  return await node.script(`
    cd /proc/sys/net
    for kind in forwarding accept_ra proxy_ndp proxy_arp rp_filter; do
      for file in ipv?/conf/*/$kind; do
        if [ -e "$file" ]; then echo "$file $(cat "$file")"; fi
      done
    done
    echo "ip_forward $(cat ipv4/ip_forward)"`)
}
