import { endpoints } from '@parapet/contracts';
import type { Endpoint, RequestOf, ResponseOf, Session, User } from '@parapet/contracts';
import { ApiError, errorOf, isAbort } from './errors.js';
import { urlOf } from './url.js';

interface CallExtras {
  signal?: AbortSignal;
}
/** Params, query and body of an endpoint as its contract wants them; nothing at all where it wants nothing. */
export type CallOptions<E extends Endpoint> = keyof RequestOf<E> extends never
  ? [options?: CallExtras]
  : [options: RequestOf<E> & CallExtras];

interface LooseOptions extends CallExtras {
  params?: object;
  query?: object;
  body?: unknown;
}

/** What the client needs from the browser, given from outside so that its logic runs without one. */
export interface ClientPorts {
  fetch: (input: string, init: RequestInit) => Promise<Response>;
  /** Runs `task` while no other tab of this browser runs one of the same name (Web Locks). */
  lock: <T>(name: string, task: () => Promise<T>) => Promise<T>;
  /** When any tab of this browser last refreshed the session, epoch ms. */
  refreshedAt: { get(): number; set(at: number): void };
  now: () => number;
}

/** Text goes as it is where the endpoint takes text. */
function bodyOf(body: unknown, bodyType: string | undefined): string | undefined {
  if (body === undefined) return undefined;
  return bodyType !== undefined && typeof body === 'string' ? body : JSON.stringify(body);
}

const READ_ONLY = new Set(['GET', 'HEAD']);

/**
 * The one client of the API. An expired session is refreshed once for all calls that meet it, in one tab at a time,
 * and the call is repeated once. All failures are `ApiError`; an abort stays an abort.
 */
export class ApiClient {
  private csrfToken: string | null = null;
  private refreshing: Promise<User> | null = null;
  private readonly signedOut = new Set<() => void>();

  constructor(private readonly ports: ClientPorts) {}

  /** Called when the session is over and only signing in can help. Returns the function that unsubscribes. */
  onSignedOut(listener: () => void): () => void {
    this.signedOut.add(listener);
    return () => this.signedOut.delete(listener);
  }

  async call<E extends Endpoint>(endpoint: E, ...[options]: CallOptions<E>): Promise<ResponseOf<E>> {
    const loose: LooseOptions = options ?? {};
    const response = await this.sendWithSession(endpoint, loose);
    return this.read(endpoint, response);
  }

  /** Sign in; keeps the CSRF token of the new session. */
  async login(body: RequestOf<typeof endpoints.login>['body']): Promise<User> {
    const response = await this.send(endpoints.login, { body });
    if (!response.ok) throw await errorOf(response);
    return this.keep(await this.read(endpoints.login, response));
  }

  /** Who is signed in by this browser's cookies, or null. */
  async whoAmI(): Promise<User | null> {
    try {
      return await this.readMe();
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'unauthenticated') throw error;
    }
    try {
      return await this.refreshSession();
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  }

  async logout(): Promise<void> {
    try {
      await this.call(endpoints.logout);
    } finally {
      this.csrfToken = null;
    }
  }

  /** Rotate the session now. Calls at the same time share one request. */
  refreshSession(): Promise<User> {
    this.refreshing ??= this.refreshOnce(this.ports.now()).finally(() => {
      this.refreshing = null;
    });
    return this.refreshing;
  }

  private refreshOnce(askedAt: number): Promise<User> {
    return this.ports.lock('parapet-refresh', async () => {
      // Another tab did it while this one waited: its cookies are ours, only the CSRF token has to be fetched.
      if (this.ports.refreshedAt.get() >= askedAt) return this.readMe();
      const response = await this.send(endpoints.refresh, {});
      if (!response.ok) throw await errorOf(response);
      const user = this.keep(await this.read(endpoints.refresh, response));
      this.ports.refreshedAt.set(this.ports.now());
      return user;
    });
  }

  private async readMe(): Promise<User> {
    const response = await this.send(endpoints.me, {});
    if (!response.ok) throw await errorOf(response);
    const { user, csrfToken } = await this.read(endpoints.me, response);
    this.csrfToken = csrfToken;
    return user;
  }

  private async sendWithSession(endpoint: Endpoint, options: LooseOptions): Promise<Response> {
    const first = await this.send(endpoint, options);
    if (first.ok) return first;
    const error = await errorOf(first);
    if (error.status === 401 && endpoint.permission !== 'public') {
      await this.refreshOrSignOut(error);
    } else if (error.code === 'csrf_failed') {
      await this.readMe();
    } else {
      throw error;
    }
    const second = await this.send(endpoint, options);
    if (second.ok) return second;
    throw await errorOf(second);
  }

  private async refreshOrSignOut(original: ApiError): Promise<void> {
    try {
      await this.refreshSession();
    } catch (error) {
      // Without network or with the server down the session may still be good: say what happened, stay signed in.
      if (!(error instanceof ApiError) || (error.status !== 401 && error.status !== 403)) throw error;
      this.csrfToken = null;
      for (const listener of this.signedOut) listener();
      throw original;
    }
  }

  private async send(endpoint: Endpoint, options: LooseOptions): Promise<Response> {
    const headers = new Headers({ accept: 'application/json' });
    const { bodyType } = endpoint;
    if (options.body !== undefined) headers.set('content-type', bodyType ?? 'application/json');
    if (!READ_ONLY.has(endpoint.method) && this.csrfToken) headers.set('x-csrf-token', this.csrfToken);
    try {
      return await this.ports.fetch(urlOf(endpoint.path, options.params, options.query), {
        method: endpoint.method,
        headers,
        credentials: 'same-origin',
        cache: 'no-store',
        signal: options.signal,
        body: bodyOf(options.body, bodyType),
      });
    } catch (error) {
      if (isAbort(error)) throw error;
      throw ApiError.network();
    }
  }

  private async read<E extends Endpoint>(endpoint: E, response: Response): Promise<ResponseOf<E>> {
    const parsed = endpoint.response?.safeParse(await this.json(endpoint, response));
    if (parsed && !parsed.success) {
      const [issue] = parsed.error.issues;
      const where = issue ? `${issue.path.join('.')}: ${issue.message}` : 'unknown field';
      throw ApiError.badResponse(
        response.status,
        `${endpoint.id}: ${where}`,
        response.headers.get('x-request-id') ?? undefined,
      );
    }
    // The schema just checked is the one that ResponseOf<E> is computed from; TypeScript can't follow that through E.
    return parsed?.data as ResponseOf<E>;
  }

  private async json(endpoint: Endpoint, response: Response): Promise<unknown> {
    if (!endpoint.response || response.status === 204) return undefined;
    try {
      return await response.json();
    } catch (error) {
      if (isAbort(error)) throw error;
      throw ApiError.badResponse(response.status, `${endpoint.id}: no JSON`);
    }
  }

  private keep(session: Session): User {
    this.csrfToken = session.csrfToken;
    return session.user;
  }
}
