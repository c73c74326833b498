export interface Snippet {
  id: string;
  title: string;
  /** Where it goes. */
  where: string;
  text: string;
}

/** What makes a firewall fetch the list at `url` again and again. What it has stays when the list can't be fetched. */
export function snippetsFor(url: string): Snippet[] {
  const lines = (...all: string[]) => all.join('\n');
  return [
    {
      id: 'nftables',
      title: 'nftables',
      where: 'A script, every minute by cron or a systemd timer (root, curl)',
      text: lines(
        '#!/bin/sh',
        'set -eu',
        `list=$(curl -fsS --max-time 20 '${url}')`,
        `v4=$(printf '%s\\n' "$list" | sed -n '/:/!p' | paste -sd, -)`,
        `v6=$(printf '%s\\n' "$list" | sed -n '/:/p' | paste -sd, -)`,
        '{',
        "  echo 'add table inet parapet'",
        "  echo 'add set inet parapet v4 { type ipv4_addr; flags interval; auto-merge; }'",
        "  echo 'add set inet parapet v6 { type ipv6_addr; flags interval; auto-merge; }'",
        "  echo 'add chain inet parapet block { type filter hook prerouting priority -150; }'",
        "  echo 'flush chain inet parapet block'",
        "  echo 'flush set inet parapet v4'",
        "  echo 'flush set inet parapet v6'",
        '  [ -z "$v4" ] || echo "add element inet parapet v4 { $v4 }"',
        '  [ -z "$v6" ] || echo "add element inet parapet v6 { $v6 }"',
        "  echo 'add rule inet parapet block ip saddr @v4 counter drop'",
        "  echo 'add rule inet parapet block ip6 saddr @v6 counter drop'",
        '} | nft -f -',
      ),
    },
    {
      id: 'pf',
      title: 'pf',
      where: '/etc/pf.conf, and a line of root’s crontab',
      text: lines(
        'table <parapet> persist',
        'block drop in quick from <parapet>',
        '',
        `* * * * * curl -fsS --max-time 20 -o /var/db/parapet.txt '${url}' && pfctl -q -t parapet -T replace -f /var/db/parapet.txt`,
      ),
    },
    {
      id: 'fortigate',
      title: 'FortiGate',
      where:
        'CLI of FortiOS 7 (Ctrl-V before the ? of the URL), or Security Fabric › External Connectors › IP Address',
      text: lines(
        'config system external-resource',
        '    edit "parapet"',
        '        set type address',
        `        set resource "${url}"`,
        '        set refresh-rate 1',
        '    next',
        'end',
        '# then a policy at the top with: set srcaddr "parapet", set action deny',
      ),
    },
    {
      id: 'cisco',
      title: 'Cisco Secure Firewall',
      where:
        'Firewall Management Center: Objects › Object Management › Security Intelligence › Network Lists and Feeds',
      text: lines(
        'Add Network Lists and Feeds',
        '  Name:             parapet',
        '  Type:             Feed',
        `  Feed URL:         ${url}`,
        '  MD5 URL:          (empty)',
        '  Update Frequency: 5 minutes',
        'Then: access control policy › Security Intelligence › Networks › add "parapet" to Block, and deploy.',
      ),
    },
    {
      id: 'curl',
      title: 'curl',
      where: 'To look at it; a second time only when it changed',
      text: lines(
        `curl -fsS '${url}'`,
        '',
        `curl -fsS --etag-compare etag.txt --etag-save etag.txt -o blocklist.txt '${url}'`,
      ),
    },
  ];
}
