import { jsonDecoder, textAt, valueAt } from '../json/index.js';
import type { JsonRecord } from '../json/index.js';
import { setSourceEndpoint, setText, setUserName } from '../json/values.js';
import { keepRecord, setKind, setRecordTime, setService } from './service-record.js';

const ACTION = /^[a-z0-9_]{1,64}\.[a-z0-9_]{0,100}$/;
/** Actions about who may do what. */
const IAM =
  /^(?:org\.(?:add|remove|update|invite|cancel|enable|disable|sso|two|oauth|saml|set_actions|transform)|org_credential|team|user|oauth|personal_access|public_key|role|enterprise\.|two_factor|external_identity|integration_installation|repo\.(?:add|remove|update)_member|protected_branch)/;

function kindOf(action: string): readonly [string, string] {
  const type = /(?:destroy|delete|remove|disable|revoke|cancel|uninstall)/.test(action)
    ? 'deletion'
    : /(?:create|add|enable|install|invite)/.test(action)
      ? 'creation'
      : 'change';
  return [IAM.test(action) ? 'iam' : 'configuration', type];
}

/** A record whose action stands by itself names its actor and where or when it happened. */
function isAudit(record: JsonRecord): boolean {
  const action = textAt(record, 'action');
  if (action === undefined || !ACTION.test(action)) return false;
  const when = record.created_at ?? record['@timestamp'];
  const where = record.org ?? record.repo ?? record.business ?? record._document_id ?? record.actor_ip;
  return record.actor !== undefined && when !== undefined && where !== undefined;
}

/** GitHub's audit log: of organisations and enterprises, and of GitHub Enterprise Server. */
export const github = jsonDecoder({
  name: 'github',
  types: ['github_audit', 'github.audit'],
  recogniseRecord: isAudit,
  decodeRecord(record, fields, context) {
    const action = textAt(record, 'action');
    if (action === undefined) return false;
    setService(fields, 'github', 'audit');
    setRecordTime(fields, context, record['@timestamp'], record.created_at);
    if (action === 'user.login') setKind(fields, 'authentication', 'start', action, 'success');
    else if (action === 'user.failed_login' || action === 'user.two_factor_challenge_failure')
      setKind(fields, 'authentication', 'start', action, 'failure');
    else {
      const [category, type] = kindOf(action);
      setKind(fields, category, type, action, 'success');
    }
    setUserName(fields, record.actor);
    setText(fields, 'user.target.name', record.user);
    setText(fields, 'user_agent.original', record.user_agent);
    setSourceEndpoint(fields, record.actor_ip);
    setText(fields, 'organization.name', valueAt(record, 'org'));
    setText(fields, 'github.repo', record.repo);
    keepRecord(fields, record, 'github');
    return true;
  },
});
