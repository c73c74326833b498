import type { Session } from '@parapet/contracts';
import type { Answer, ApiServer, CallOptions } from './api-server.js';
import { PASSWORD } from './api-server.js';

/** A browser's part in signing in: it keeps cookies, sends them, and says where a request comes from. */
export class Browser {
  readonly cookies = new Map<string, string>();
  /** The token of the last answer that had one. */
  csrfToken = '';

  constructor(private readonly api: ApiServer) {}

  async signIn(email: string): Promise<Session> {
    const answer = await this.send('POST', '/auth/login', { body: { email, password: PASSWORD } });
    if (answer.status !== 200) throw new Error(`sign-in answered ${answer.status}`);
    return answer.body as Session;
  }

  /** A request of our own page; `null` takes a header away. */
  async send(
    method: string,
    path: string,
    {
      headers = {},
      ...options
    }: Omit<CallOptions, 'headers'> & { headers?: Record<string, string | null> } = {},
  ): Promise<Answer> {
    const all: Record<string, string | null> = {
      cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      'sec-fetch-site': 'same-origin',
      ...(method === 'GET' ? {} : { origin: this.api.url, 'x-csrf-token': this.csrfToken }),
      ...headers,
    };
    const sent = Object.fromEntries(
      Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== null),
    );
    const answer = await this.api.call(method, path, { ...options, headers: sent });
    this.keep(answer);
    return answer;
  }

  /** The attributes of a cookie as the server last set it. */
  static attributesOf(answer: Answer, name: string): string[] {
    const line = answer.headers.getSetCookie().find((cookie) => cookie.startsWith(`${name}=`)) ?? '';
    return line.split('; ').slice(1);
  }

  private keep(answer: Answer): void {
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split('; ');
      const at = pair.indexOf('=');
      const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    const { body } = answer;
    if (typeof body === 'object' && body !== null && 'csrfToken' in body)
      this.csrfToken = String(body.csrfToken);
  }
}
