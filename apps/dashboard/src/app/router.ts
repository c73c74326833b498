import { createRouter, createWebHistory } from 'vue-router';
import type { RouteLocationNormalized, RouteRecordRaw } from 'vue-router';
import type { Permission } from '@parapet/contracts';
import { useSession } from '../features/auth/store.js';
import { pagesFor } from './navigation.js';

declare module 'vue-router' {
  interface RouteMeta {
    title?: string;
    /** Who may open the page; `public` needs no sign-in. */
    permission?: Permission | 'public';
  }
}

const routes: RouteRecordRaw[] = [
  {
    path: '/sign-in',
    name: 'sign-in',
    meta: { title: 'Sign in', permission: 'public' },
    component: () => import('../features/auth/views/SignInView.vue'),
  },
  {
    path: '/',
    name: 'overview',
    meta: { title: 'Overview', permission: 'dashboard:read' },
    component: () => import('../features/overview/views/OverviewView.vue'),
  },
  {
    path: '/alerts',
    name: 'alerts',
    meta: { title: 'Alerts', permission: 'alerts:read' },
    component: () => import('../features/alerts/views/AlertsView.vue'),
    children: [
      {
        path: ':id',
        name: 'alert',
        props: true,
        meta: { title: 'Alert', permission: 'alerts:read' },
        component: () => import('../features/alerts/views/AlertView.vue'),
      },
    ],
  },
  {
    path: '/events',
    name: 'events',
    meta: { title: 'Events', permission: 'events:read' },
    component: () => import('../features/events/views/EventsView.vue'),
  },
  {
    path: '/sources',
    name: 'sources',
    meta: { title: 'Sources', permission: 'sources:read' },
    component: () => import('../features/sources/views/SourcesView.vue'),
  },
  {
    path: '/parsers',
    name: 'parsers',
    meta: { title: 'Parsers', permission: 'parsers:read' },
    component: () => import('../features/parsers/views/ParsersView.vue'),
  },
  // Not /assets: the files of the dashboard itself are there.
  {
    path: '/inventory',
    name: 'assets',
    meta: { title: 'Assets', permission: 'assets:read' },
    component: () => import('../features/assets/views/AssetsView.vue'),
  },
  {
    path: '/detectors',
    name: 'detectors',
    meta: { title: 'Detectors', permission: 'detectors:read' },
    component: () => import('../features/detectors/views/DetectorsView.vue'),
  },
  {
    path: '/blocklist',
    name: 'blocklist',
    meta: { title: 'Block list', permission: 'blocklist:read' },
    component: () => import('../features/blocklist/views/BlocklistView.vue'),
  },
  {
    path: '/intel',
    name: 'intel',
    meta: { title: 'Threat intelligence', permission: 'intel:read' },
    component: () => import('../features/intel/views/IntelView.vue'),
  },
  {
    path: '/notifications',
    name: 'notifications',
    meta: { title: 'Notifications', permission: 'notifications:read' },
    component: () => import('../features/notifications/views/NotificationsView.vue'),
  },
  {
    path: '/api-keys',
    name: 'api-keys',
    meta: { title: 'API keys', permission: 'api-keys:read' },
    component: () => import('../features/api-keys/views/ApiKeysView.vue'),
  },
  {
    path: '/dead-letters',
    name: 'dead-letters',
    meta: { title: 'Dead letters', permission: 'dead-letters:read' },
    component: () => import('../features/dead-letters/views/DeadLettersView.vue'),
  },
  {
    path: '/sre/quarantine',
    name: 'quarantine',
    meta: { title: 'Quarantine', permission: 'platform:read' },
    component: () => import('../features/quarantine/views/QuarantineView.vue'),
  },
  {
    path: '/:path(.*)*',
    name: 'not-found',
    meta: { title: 'Not found', permission: 'self:read' },
    component: () => import('./components/NotFoundView.vue'),
  },
];

export const router = createRouter({
  history: createWebHistory(),
  routes,
  scrollBehavior: (to, from, saved) =>
    saved ?? (to.path === from.path || to.name === 'alert' || from.name === 'alert' ? undefined : { top: 0 }),
});

async function guard(to: RouteLocationNormalized) {
  const session = useSession();
  const permission = to.meta.permission ?? 'self:read';
  if (permission === 'public') return true;
  await session.load();
  if (!session.user) return { name: 'sign-in', query: to.fullPath === '/' ? {} : { next: to.fullPath } };
  if (session.may(permission)) return true;
  // The first page differs by role: an SRE has no overview of one customer.
  const [home] = pagesFor(session.user.role);
  return to.path === '/' && home
    ? { name: home.name }
    : { name: 'not-found', params: { path: to.path.slice(1).split('/') } };
}

router.beforeEach(guard);
router.afterEach((to) => {
  document.title = to.meta.title ? `${to.meta.title} · Parapet` : 'Parapet';
});
