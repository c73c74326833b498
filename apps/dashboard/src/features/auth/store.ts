import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import { roleHas } from '@parapet/contracts';
import type { Permission, User } from '@parapet/contracts';
import { api } from '../../shared/api/index.js';
import { useLive } from '../../shared/live/store.js';

/** Who is signed in. `known` tells "nobody" from "not asked yet". */
export const useSession = defineStore('session', () => {
  const user = ref<User | null>(null);
  const known = ref(false);
  const live = useLive();
  const may = computed(
    () => (permission: Permission) => (user.value ? roleHas(user.value.role, permission) : false),
  );

  function become(next: User | null) {
    user.value = next;
    known.value = true;
    if (next && roleHas(next.role, 'alerts:read')) live.start();
    else live.stop();
  }

  return {
    user,
    known,
    may,
    /** Asks the server once who the cookies belong to. */
    async load() {
      if (!known.value) become(await api.whoAmI());
    },
    async signIn(email: string, password: string) {
      become(await api.login({ email, password }));
    },
    async signOut() {
      try {
        await api.logout();
      } finally {
        become(null);
      }
    },
    /** The session ended by itself (expired, revoked, signed out in another tab). */
    ended: () => become(null),
  };
});
