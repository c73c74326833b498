import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { endpoints, type Endpoint } from '@parapet/contracts';
import { pathOf } from './handles.js';

const USUAL_LIMIT = 1024 * 1024;

/**
 * Readers of request bodies: JSON up to 1 MiB, and what the table of endpoints says of single ones. More than the usual is read only for who shows a token or a cookie; whether it is good is the guard's to say.
 */
export function bodies(): { path: string; read: RequestHandler }[] {
  const special = Object.values<Endpoint>(endpoints).filter(
    ({ bodyLimit, bodyType }) => bodyLimit !== undefined || bodyType !== undefined,
  );
  return [
    ...special.map((endpoint) => ({ path: pathOf(endpoint), read: readerOf(endpoint) })),
    { path: '/', read: express.json({ limit: USUAL_LIMIT }) },
  ];
}

function readerOf({ bodyLimit = USUAL_LIMIT, bodyType }: Endpoint): RequestHandler {
  const read =
    bodyType === undefined
      ? express.json({ limit: bodyLimit })
      : express.text({ type: bodyType, limit: bodyLimit });
  return (request: Request, response: Response, next: NextFunction) => {
    if (request.headers.authorization === undefined && request.headers.cookie === undefined) next();
    else void read(request, response, next);
  };
}
