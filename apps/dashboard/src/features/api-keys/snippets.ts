import type { NewApiKey } from '@parapet/contracts';

export interface Snippet {
  id: string;
  title: string;
  /** Where it goes. */
  where: string;
  text: string;
}

/** What to paste into a sender that ships over HTTP. `host`: as the browser's address bar has it, an IPv6 literal in brackets. */
export function snippetsFor(host: string, { key, ingest }: Pick<NewApiKey, 'key' | 'ingest'>): Snippet[] {
  const url = `${ingest.tls ? 'https' : 'http'}://${host}:${ingest.port}`;
  const lines = (...all: string[]) => all.join('\n');
  return [
    {
      id: 'curl',
      title: 'curl',
      where: 'A first event, then a whole file of JSON lines or of plain text',
      text: lines(
        `curl ${url}/ingest -H 'Authorization: Bearer ${key}' -d '{"message":"hello","user.name":"ann"}'`,
        `curl ${url}/ingest -H 'Authorization: Bearer ${key}' -H 'Content-Type: text/plain' --data-binary @/var/log/auth.log`,
      ),
    },
    {
      id: 'vector',
      title: 'Vector',
      where: 'vector.yaml; put your own sources into inputs',
      text: lines(
        'sinks:',
        '  parapet:',
        '    type: http',
        '    inputs: ["*"]',
        `    uri: ${url}/ingest`,
        '    compression: gzip',
        '    framing: { method: newline_delimited }',
        '    encoding: { codec: json }',
        '    auth: { strategy: bearer, token: "' + key + '" }',
      ),
    },
    {
      id: 'fluent-bit',
      title: 'Fluent Bit',
      where: 'fluent-bit.conf',
      text: lines(
        '[OUTPUT]',
        '    Name          http',
        '    Match         *',
        `    Host          ${host.replace(/^\[|\]$/g, '')}`,
        `    Port          ${ingest.port}`,
        ...(ingest.tls ? ['    tls           on'] : []),
        '    URI           /ingest',
        '    Format        json_lines',
        '    Compress      gzip',
        '    Retry_Limit   no_limits',
        `    Header        Authorization Bearer ${key}`,
      ),
    },
    {
      id: 'filebeat',
      title: 'Filebeat',
      where: 'filebeat.yml; Winlogbeat and the other Beats alike',
      text: lines('output.elasticsearch:', `  hosts: ["${url}"]`, `  api_key: "parapet:${key}"`),
    },
    {
      id: 'logstash',
      title: 'Logstash',
      where: 'A pipeline’s configuration',
      text: lines(
        'output {',
        '  elasticsearch {',
        `    hosts => ["${url}"]`,
        '    user => "parapet"',
        `    password => "${key}"`,
        '    manage_template => false',
        '  }',
        '}',
      ),
    },
    {
      id: 'otel',
      title: 'OpenTelemetry Collector',
      where: 'The Collector’s configuration; add the exporter to a logs pipeline',
      text: lines(
        'exporters:',
        '  otlphttp/parapet:',
        `    logs_endpoint: ${url}/v1/logs`,
        `    headers: { Authorization: "Bearer ${key}" }`,
      ),
    },
    {
      id: 'hec',
      title: 'Splunk HEC',
      where: 'Anything that can send to Splunk; below, Docker’s log driver',
      text: lines(
        `curl ${url}/services/collector/event -H 'Authorization: Splunk ${key}' -d '{"event":"hello","host":"web-01"}'`,
        '',
        'docker run --log-driver=splunk \\',
        `  --log-opt splunk-url=${url} --log-opt splunk-token=${key} \\`,
        '  --log-opt splunk-format=raw alpine echo hello',
      ),
    },
  ];
}
