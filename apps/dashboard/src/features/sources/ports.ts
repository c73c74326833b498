/** Where the ingestor listens by default; 514 and 6514 in production. One place until the API tells them. */
export const SYSLOG_PORTS = { udp: 5514, tcp: 5514, tls: 6514, relp: 2514 } as const;
