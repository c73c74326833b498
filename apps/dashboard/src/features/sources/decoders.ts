/** What a source's lines can be read as. `auto` recognises the program by itself. */
export const DECODERS = [
  { value: 'auto', title: 'Recognise by itself' },
  { value: 'sshd', title: 'sshd' },
  { value: 'sudo', title: 'sudo' },
  { value: 'iptables', title: 'iptables, nftables, ufw' },
  { value: 'generic', title: 'Plain syslog' },
];
