import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer } from '@nestjs/core';
import type { INestApplication, Type } from '@nestjs/common';
import { endpoints, PERMISSIONS, type Endpoint } from '@parapet/contracts';
import { EndpointTableError } from './errors.js';
import { ENDPOINT, pathOf } from './handles.js';

interface Route {
  /** `SourcesController.create`, for the message. */
  handler: string;
  controllerPath: unknown;
  endpoint: Endpoint | undefined;
}

function routesOf(controller: Type): Route[] {
  const prototype: object = controller.prototype;
  const routes: Route[] = [];
  for (const name of Object.getOwnPropertyNames(prototype)) {
    const method: unknown = Object.getOwnPropertyDescriptor(prototype, name)?.value;
    if (typeof method !== 'function' || name === 'constructor') continue;
    if (Reflect.getMetadata(METHOD_METADATA, method) === undefined) continue;
    routes.push({
      handler: `${controller.name}.${name}`,
      controllerPath: Reflect.getMetadata(PATH_METADATA, controller),
      endpoint: Reflect.getMetadata(ENDPOINT, method),
    });
  }
  return routes;
}

/** What is wrong between routes and the table: both ways, and exactly once. */
export function compareWithTable(routes: readonly Route[], table: readonly Endpoint[]): string[] {
  const problems: string[] = [];
  const handlers = new Map<string, string[]>();
  for (const { handler, controllerPath, endpoint } of routes) {
    if (endpoint === undefined) {
      problems.push(`${handler} is a route without an endpoint (@Handles)`);
      continue;
    }
    if (controllerPath !== '/') problems.push(`${handler}: its controller has a path of its own`);
    if (!table.includes(endpoint)) problems.push(`${handler}: ${endpoint.id} is not in the table`);
    handlers.set(endpoint.id, [...(handlers.get(endpoint.id) ?? []), handler]);
  }
  for (const endpoint of table) {
    const found = handlers.get(endpoint.id) ?? [];
    const name = `${endpoint.id} (${endpoint.method} ${pathOf(endpoint)})`;
    if (found.length === 0) problems.push(`${name} has no handler`);
    if (found.length > 1) problems.push(`${name} has several handlers: ${found.join(', ')}`);
    if (endpoint.permission !== 'public' && !Object.hasOwn(PERMISSIONS, endpoint.permission)) {
      problems.push(`${name} asks for a permission that nobody has: ${endpoint.permission}`);
    }
  }
  return problems;
}

/**
 * Ends the boot unless every route has an endpoint with a permission and every endpoint exactly one handler.
 * @throws EndpointTableError
 */
export function assertEndpointsHandled(app: INestApplication): void {
  const routes: Route[] = [];
  for (const module of app.get(ModulesContainer).values()) {
    for (const { metatype } of module.controllers.values()) {
      if (typeof metatype === 'function' && 'prototype' in metatype)
        routes.push(...routesOf(metatype as Type));
    }
  }
  const table = Object.values<Endpoint>(endpoints);
  const problems = compareWithTable(routes, table);
  if (problems.length > 0) throw new EndpointTableError(problems);
}
