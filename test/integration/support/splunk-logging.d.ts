/** The part of Splunk's client that the tests use; it ships no types. */
declare module 'splunk-logging' {
  export class Logger {
    constructor(config: { token: string; url: string; maxBatchCount?: number });
    error: (error: Error) => void;
    send(
      context: { message: unknown; metadata?: { host?: string; source?: string; sourcetype?: string } },
      callback: (error: Error | null, response: unknown, body: unknown) => void,
    ): void;
  }
}
