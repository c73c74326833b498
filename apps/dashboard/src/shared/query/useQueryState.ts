import { computed } from 'vue';
import type { ComputedRef } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { readState, writeState } from './state.js';
import type { Shape, StateOf } from './state.js';

export interface QueryState<S extends Shape> {
  state: ComputedRef<StateOf<S>>;
  /** Changes some fields. `push` makes a step that the Back button undoes; the default replaces. */
  set: (patch: Partial<StateOf<S>>, mode?: 'push' | 'replace') => void;
  reset: () => void;
  /** How many of the named fields differ from their fallback. */
  active: (...names: (keyof S & string)[]) => number;
}

/** The page's filters live in the URL: it can be shared, reloaded and gone back from. */
export function useQueryState<S extends Shape>(shape: S): QueryState<S> {
  const route = useRoute();
  const router = useRouter();
  const state = computed(() => readState(shape, route.query));
  const go = (query: Record<string, string>, mode: 'push' | 'replace') =>
    router[mode]({ params: route.params, query, hash: route.hash });
  return {
    state,
    set: (patch, mode = 'push') =>
      void go(writeState(shape, { ...readState(shape, router.currentRoute.value.query), ...patch }), mode),
    reset: () => void go({}, 'push'),
    active: (...names) => {
      const written = writeState(shape, state.value);
      return names.filter((name) => name in written).length;
    },
  };
}
