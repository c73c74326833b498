import type { HttpProtocol, HttpRoute } from './protocol.js';

export interface Found {
  protocol: HttpProtocol;
  route: HttpRoute;
  /** The groups of the path. */
  params: string[];
}

/** The route of a path; `methods` where there is one for other methods only; undefined where there is none. */
export function findRoute(
  protocols: readonly HttpProtocol[],
  method: string,
  path: string,
): Found | { protocol: HttpProtocol; methods: string[] } | undefined {
  const wanted = method === 'HEAD' ? 'GET' : method;
  let other: { protocol: HttpProtocol; methods: string[] } | undefined;
  for (const protocol of protocols) {
    for (const route of protocol.routes) {
      const match = route.path.exec(path);
      if (match === null) continue;
      if (route.methods.some((one) => one === wanted || one === method))
        return { protocol, route, params: match.slice(1).map((group: string | undefined) => group ?? '') };
      if (route.general) continue;
      other ??= { protocol, methods: [] };
      if (other.protocol === protocol) other.methods.push(...route.methods);
    }
  }
  return other;
}
