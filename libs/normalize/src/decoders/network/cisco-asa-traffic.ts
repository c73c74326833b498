import { ANY, DST, E, PROTO, SRC, re } from './cisco-asa-row.js';
import type { AsaRow } from './cisco-asa-row.js';

/** Packets, sessions, translations, attacks. */
export const ASA_TRAFFIC: readonly AsaRow[] = [
  { ids: '106001', is: 'deny', form: re(`^Inbound ${PROTO} connection denied from ${SRC} to ${DST} flags`) },
  {
    ids: '106002 106018',
    is: 'deny',
    form: re(
      `^(?:${PROTO} Connection|ICMP packet type \\S+) denied by outbound list (?<rule>\\S{1,64}) src ${SRC} dest ${DST}$`,
    ),
  },
  { ids: '106006 106007', is: 'deny', form: re(`^Deny inbound ${PROTO} from ${SRC} to ${DST}(?: |$)`) },
  {
    ids: '106010 106011 106014',
    is: 'deny',
    form: re(`^Deny inbound (?:\\(No xlate\\) )?${PROTO} src ${SRC} dst ${DST}(?:[ (]|$)`),
  },
  { ids: '106012', is: 'deny', form: re(`^Deny IP from ${SRC} to ${DST}, IP options`) },
  { ids: '106013', is: 'deny', form: re(`^Dropping echo request from ${SRC} to PAT address ${DST}(?: |$)`) },
  { ids: '106015', is: 'deny', form: re(`^Deny ${PROTO} \\(no connection\\) from ${SRC} to ${DST} flags`) },
  {
    ids: '106016',
    is: 'attack',
    form: re(`^Deny IP spoof from \\((?<src>[^\\s()]{1,64})\\) to ${DST} on interface`),
  },
  { ids: '106017', is: 'attack', form: re(`^Deny IP due to Land Attack from ${SRC} to ${DST}$`) },
  {
    ids: '106020',
    is: 'attack',
    form: re(`^Deny IP teardrop fragment \\([^()]{0,80}\\) from ${SRC} to ${DST}$`),
  },
  {
    ids: '106021 106022',
    is: 'attack',
    form: re(`^Deny ${PROTO} (?:reverse path check|connection spoof) from ${SRC} to ${DST} on interface`),
  },
  {
    ids: '106023',
    is: 'deny',
    form: re(
      `^Deny ${PROTO} src ${SRC} dst ${DST}(?: ?\\([^()]{0,256}\\)){0,2} by access-group "(?<rule>[^"]{1,128})"`,
    ),
  },
  {
    ids: '106100 106102 106103',
    is: 'verdict',
    form: re(
      `^access-list (?<rule>\\S{1,128}) (?<verdict>permitted|denied|est-allowed) ${PROTO} (?:for user '?(?<user>${ANY})'? )?(?<sif>[^\\s/]{1,64})/(?<src>[^\\s()]{1,255})\\((?<sport>\\d{1,5})\\)(?:\\([^()]{0,256}\\))? -> (?<dif>[^\\s/]{1,64})/(?<dst>[^\\s()]{1,255})\\((?<dport>\\d{1,5})\\)`,
    ),
  },
  { ids: '107001 107002', is: 'deny', form: re(`^RIP (?:auth|pkt) failed from ${SRC}:`) },
  { ids: '110001', is: 'other', form: re(`^No route to (?<dst>\\S{1,64}) from (?<src>\\S{1,64})$`) },
  {
    ids: '110002 110003',
    is: 'deny',
    form: re(
      `^(?:Failed to locate egress interface for|Routing failed to locate next[ -]hop for) ${PROTO} from ${SRC} to ${DST}$`,
    ),
  },
  {
    ids: '209003 209004 209005',
    is: 'deny',
    form: re(
      `(?: {1,2}|: ?)src = (?<src>[^\\s,]{2,64}), dest = (?<dst>[^\\s,]{2,64}), proto = (?<proto>\\w{1,20})`,
    ),
  },
  { ids: '202010', is: 'reject', form: re(`Unable to create ${PROTO} connection from ${SRC} to ${DST}$`) },
  {
    ids: '302013 302015 302017 302020 302022 302024 302026 302303',
    is: 'built',
    form: re(
      `^Built (?:(?<dir>inbound|outbound) |\\w{1,12} +stub )?(?<proto>TCP|UDP|GRE|SCTP|ICMP)(?: state-bypass)? connection \\d{1,20} (?:for|from) (?<first>${E}) \\([^\\s]{1,320}\\)(?: ?\\([^()]{0,256}\\))? to (?<second>${E})(?: |$)`,
    ),
  },
  {
    ids: '302014 302016 302018 302023 302025 302027 302304',
    is: 'teardown',
    form: re(
      `^Teardown (?:stub )?(?<proto>TCP|UDP|GRE|SCTP|ICMP)(?: state-bypass)? connection (?:\\d{1,20} )?(?:for|from) (?<first>${E})(?: ?\\([^()]{0,256}\\))? to (?<second>${E})(?: ?\\([^()]{0,256}\\))? duration \\S{1,20}(?: (?:forwarded )?bytes (?<bytes>\\d{1,15}))?`,
    ),
  },
  {
    ids: '302022 302024 302026',
    is: 'built',
    form: re(
      `^Built \\w{1,12} +stub (?<proto>TCP|UDP|ICMP) connection for (?<first>${E}) \\([^\\s]{1,320} to (?<second>${E}) `,
    ),
  },
  {
    ids: '302020 302021',
    is: 'built',
    form: re(
      `^(?:Built|Teardown) (?:(?<dir>inbound|outbound) )?(?<proto>ICMP) connection for faddr (?<faddr>[^\\s/]{2,255})/\\d{1,5}(?: ?\\([^()]{0,256}\\))? gaddr \\S{2,262} laddr (?<laddr>[^\\s/]{2,255})/\\d{1,5}`,
    ),
  },
  {
    ids: '303002',
    is: 'access',
    form: re(
      `^FTP connection from ${SRC} to ${DST}, user (?<user>\\S{1,256}) (?:Stored|Retrieved) file (?<file>.{0,4096})$`,
    ),
  },
  {
    ids: '304001',
    is: 'access',
    form: re(
      `^(?<src>[^\\s()]{2,255})(?:\\([^()]{0,256}\\))? Accessed (?:JAVA )?URL (?:[^\\s@:]{1,256}@)?(?<dst>[0-9a-fA-F.]{7,15}|[A-Za-z0-9_.-]{1,255}):(?<url>.{0,8192})$`,
    ),
  },
  {
    ids: '304002',
    is: 'deny',
    form: re(
      `^Access denied URL (?<url>\\S{0,4096}) SRC (?<src>\\S{2,64}) DEST (?<dst>\\S{2,64}?):? ?(?:on interface \\S+)?$`,
    ),
  },
  {
    ids: '305005 305006 305013',
    is: 'deny',
    form: re(
      `(?:No translation group found|translation creation failed|reverse flows; Connection)(?: for)? ${PROTO} src ${SRC} dst ${DST}(?:[ (;]|$)`,
    ),
  },
  {
    ids: '305009 305010 305011 305012',
    is: 'translation',
    form: re(`^(?:Built|Teardown) (?:dynamic|static) (?:${PROTO} )?translation from ${SRC} to (?<nat>${E})`),
  },
  {
    ids: '313001 313008',
    is: 'deny',
    form: re(`^Denied (?<proto>ICMP|IPv6-ICMP) type=\\d{1,3}, code=\\d{1,3} from ${SRC} on interface`),
  },
  {
    ids: '313004',
    is: 'deny',
    form: re(
      `^Denied (?<proto>ICMP) type=\\d{1,3}, from laddr ${SRC} on interface \\S+ to ${DST}:? ?no matching`,
    ),
  },
  {
    ids: '313005',
    is: 'deny',
    form: re(
      `^No matching connection for ICMP error message: (?<proto>icmp|icmp6) src ${SRC} dst ${DST} ?\\(type`,
    ),
  },
  {
    ids: '313009',
    is: 'deny',
    form: re(`^Denied invalid (?<proto>ICMP) code \\d{1,3}, for ${SRC} to ${DST} \\(`),
  },
  {
    ids: '338001 338002 338003 338004 338005 338006 338007 338008 338101 338102 338103 338104 338201 338202 338203 338204',
    is: 'attack',
    form: re(
      `^Dynamic [Ff]ilter (?<verdict>monitored|dropped|permitted|action) ?(?:black|white|grey)listed ${PROTO} traffic from ${SRC} to ${DST}(?: ?\\([^()]{1,320}\\))?,`,
    ),
  },
  { ids: '401004', is: 'deny', form: re(`^Shunned packet: (?<src>${E}) =+>? (?<dst>${E}) on interface`) },
  {
    ids: '402114 402115 402116 402117 402118 402119 402120',
    is: 'deny',
    form: re(`^IPSEC: Received an? .{1,160}? from ${SRC} to ${DST}(?: |$)`),
  },
  {
    ids: '405001 405002',
    is: 'attack',
    form: re(
      `^Received (?:ARP (?:request|response)|mac mismatch) collision from (?<src>[0-9A-Fa-f.:]{2,45})/`,
    ),
  },
  { ids: '407001', is: 'deny', form: re(`^Deny traffic for local-host (?<src>${E}), license limit`) },
  {
    ids: '410001 419001 415006',
    is: 'deny',
    form: re(`[Dd]ropp(?:ed|ing) (?:${PROTO} (?:DNS \\w+|packet)|connection) from ${SRC} to ${DST}[;,]`),
  },
  {
    ids: '419002',
    is: 'other',
    form: re(`^Duplicate (?<proto>TCP) SYN from ${SRC} to ${DST} with different`),
  },
  {
    ids: '420002 420003 434002 434003',
    is: 'deny',
    form: re(
      `^(?:IPS|SFR) requested to (?:drop|reset) ${PROTO} (?:packet|connection) from ${SRC} to ${DST}$`,
    ),
  },
  {
    ids: '421007 434004',
    is: 'other',
    form: re(
      `^(?:${PROTO} flow|SFR requested ASA to bypass further packet redirection and process (?<protocol>\\w{1,20}) flow) from ${SRC} to ${DST} (?:is|locally)`,
    ),
  },
  {
    ids: '500003 500004',
    is: 'deny',
    form: re(
      `^(?:Bad TCP hdr length \\([^()]{0,80}\\)|Invalid transport field for protocol=(?<proto>\\w{1,20}),) from ${SRC} to ${DST}(?:,|$)`,
    ),
  },
  {
    ids: '507003',
    is: 'reject',
    form: re(`^${PROTO} flow from ${SRC} to ${DST} terminated by inspection engine`),
  },
  {
    ids: '602303 602304',
    is: 'connection',
    form: re(
      `between (?<src>[0-9A-Fa-f.:]{2,45}) and (?<dst>[0-9A-Fa-f.:]{2,45}) \\(user= ?(?<user>${ANY}?)\\) has been`,
    ),
  },
  { ids: '603109', is: 'connection', form: re(`remote-peer = (?<src>[0-9A-Fa-f.:]{2,45})`) },
  {
    ids: '609001 609002',
    is: 'other',
    form: re(`^(?:Built|Teardown) local-host (?<src>${E})(?: duration|$)`),
  },
  {
    ids: '710001 710002',
    is: 'verdict',
    form: re(`^${PROTO} access (?<verdict>requested|permitted) from ${SRC} to ${DST}$`),
  },
  { ids: '710003', is: 'deny', form: re(`^${PROTO} access denied by ACL from ${SRC} to ${DST}$`) },
  { ids: '710004', is: 'deny', form: re(`^${PROTO} connection limit exceeded from ${SRC} to ${DST}(?: |$)`) },
  { ids: '710005 710006', is: 'deny', form: re(`^${PROTO} request discarded from ${SRC} to ${DST}$`) },
  {
    ids: '725001 725002 725003 725007',
    is: 'connection',
    form: re(`(?:handshake|session) with client ${SRC}(?: to ${DST})?(?: |$)`),
  },
  {
    ids: '725006',
    is: 'reject',
    form: re(`^Device failed SSL handshake with client ${SRC}(?: to ${DST})?(?: |$)`),
  },
  {
    ids: '733101',
    is: 'attack',
    form: re(`^(?:Object|Subnet|Host) (?<src>[0-9A-Fa-f.:]{2,45}) is attacking`),
  },
  {
    ids: '733102',
    is: 'attack',
    form: re(`^Threat-detection adds host (?<src>[0-9A-Fa-f.:]{2,45}) to shun list`),
  },
  {
    ids: '750003',
    is: 'reject',
    form: re(`^Local:(?<dst>${E}) Remote:(?<src>${E}) Username:(?<user>${ANY}?) Negotiation aborted`),
  },
  {
    ids: '750001 750002 750006 750007 751023',
    is: 'connection',
    form: re(
      `^Local:(?<dst>${E}) Remote:(?<src>${E}) Username:(?<user>${ANY}?) (?:Received|SA|Unknown|Attempt)`,
    ),
  },
];
