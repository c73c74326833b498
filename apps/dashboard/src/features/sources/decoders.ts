/** What a source's lines can be read as: the decoders of libs/normalize by name. `auto` recognises each line's program. */
export const DECODERS = [
  { value: 'auto', title: 'Recognise by itself' },
  { value: 'sshd', title: 'sshd' },
  { value: 'sudo', title: 'sudo' },
  { value: 'su', title: 'su' },
  { value: 'pam', title: 'PAM of any program' },
  { value: 'netfilter', title: 'iptables, nftables, ufw' },
  { value: 'generic', title: 'Plain syslog' },
];
