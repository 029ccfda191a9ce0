/**
 * Who may call what: every route of the REST API and every page of the console, against every role of the hub. The test beside
 * it calls each of them as each of these callers, and fails when a route is declared that has no row here.
 *
 * The rows are written by hand and not made from the declarations: two have to agree before a door opens. `+` may and gets the
 * status of the row, with a request that changes nothing; `-` is refused with 403. `nobody` and `employee`, who may call
 * nothing of this, have no column.
 */

const api = `
                                              hub-owner hub-people-admin hub-policy-author hub-systems-admin hub-auditor hub-helpdesk hub:read hub:admin
GET    /people                            200     +             +                +                 -              +            +          +         +
POST   /people                            422     +             +                -                 -              -            -          -         +
POST   /people/import                     415     +             +                -                 -              -            -          -         +
POST   /people/imports                    415     +             +                -                 -              -            -          -         +
GET    /people/imports/{id}               404     +             +                -                 -              -            -          -         +
GET    /people/imports/{id}/people        404     +             +                -                 -              -            -          -         +
POST   /people/imports/{id}/apply         404     +             +                -                 -              -            -          -         +
GET    /people/{id}                       200     +             +                +                 -              +            +          +         +
PATCH  /people/{id}                       428     +             +                -                 -              -            -          -         +
GET    /people/{id}/data                  200     +             +                +                 -              +            +          +         +
GET    /people/{id}/data/export           200     +             -                -                 -              +            -          +         +
GET    /people/{id}/leaving               200     +             +                +                 -              +            +          +         +
GET    /people/{id}/history               200     +             +                -                 -              -            -          -         +
POST   /people/{id}/leave                 422     +             +                -                 -              -            -          -         +
POST   /people/{id}/erase                 422     +             +                -                 -              -            -          -         +
GET    /people/{id}/links                 200     +             +                +                 -              +            +          +         +
GET    /people/{id}/access                200     +             +                +                 -              +            +          +         +
GET    /people/{id}/roles                 200     +             +                +                 -              +            +          +         +
POST   /people/{id}/roles                 422     +             +                -                 -              -            -          -         +
GET    /people/{id}/roles/{assignment}    404     +             +                +                 -              +            +          +         +
DELETE /people/{id}/roles/{assignment}    404     +             +                -                 -              -            -          -         +
GET    /people/{id}/sessions              200     +             +                +                 -              +            +          +         +
POST   /people/{id}/invite                400     +             +                -                 -              -            +          -         +
DELETE /people/{id}/sessions              204     +             +                -                 -              -            +          -         +
DELETE /people/{id}/sessions/{session}    404     +             +                -                 -              -            +          -         +
GET    /people/{id}/credentials           200     +             +                +                 -              +            +          +         +
DELETE /people/{id}/credentials           204     +             +                -                 -              -            +          -         +
DELETE /people/{id}/credentials/{credential} 404  +             +                -                 -              -            +          -         +
GET    /unify                             200     +             +                +                 -              +            +          +         +
POST   /unify                             422     +             +                -                 -              -            -          -         +
GET    /unify/{id}                        404     +             +                +                 -              +            +          +         +
DELETE /unify/{id}                        404     +             +                -                 -              -            -          -         +
POST   /unify/{id}/accept-sure            404     +             +                -                 -              -            -          -         +
GET    /unify/{id}/report                 404     +             +                +                 -              +            +          +         +
GET    /unify/{id}/proposals              404     +             +                +                 -              +            +          +         +
GET    /unify/{id}/proposals/{proposal}   404     +             +                +                 -              +            +          +         +
POST   /unify/{id}/proposals/{proposal}/decide 404     +             +                -                 -              -            -          -         +
POST   /unify/{id}/proposals/{proposal}/undo 404     +             +                -                 -              -            -          -         +
POST   /people/{id}/merge                 422     +             +                -                 -              -            -          -         +
GET    /people/{id}/merges                200     +             +                +                 -              +            +          +         +
POST   /people/{id}/merges/{merge}/undo   404     +             +                -                 -              -            -          -         +
GET    /requests                          200     +             +                +                 -              +            +          +         +
POST   /requests                          422     +             +                -                 -              -            -          -         +
GET    /requests/{request}                404     +             +                +                 -              +            +          +         +
DELETE /requests/{request}                404     +             +                -                 -              -            -          -         +
POST   /requests/{request}/approve        404     +             +                -                 -              -            -          -         +
POST   /requests/{request}/reject         404     +             +                -                 -              -            -          -         +
GET    /reviews                          200     +             +                +                 -              +            +          +         +
POST   /reviews                          422     +             +                -                 -              -            -          -         +
POST   /reviews/preview                  422     +             +                -                 -              -            -          -         +
GET    /reviews/{review}                 404     +             +                +                 -              +            +          +         +
GET    /reviews/{review}/items           404     +             +                +                 -              +            +          +         +
GET    /reviews/{review}/items/{item}    404     +             +                +                 -              +            +          +         +
POST   /reviews/{review}/items/{item}/decide 404 +             +                -                 -              -            -          -         +
POST   /reviews/{review}/items/{item}/undo 404 +             +                -                 -              -            -          -         +
POST   /reviews/{review}/close           404     +             +                -                 -              -            -          -         +
GET    /reviews/{review}/report          404     +             +                +                 -              +            +          +         +
GET    /systems                           200     +             +                +                 +              +            -          +         +
POST   /systems                           422     +             -                -                 +              -            -          -         +
GET    /systems/{id}                      200     +             +                +                 +              +            -          +         +
PATCH  /systems/{id}                      428     +             -                -                 +              -            -          -         +
DELETE /systems/{id}                      428     +             -                -                 +              -            -          -         +
GET    /systems/{id}/guide                200     +             +                +                 +              +            -          +         +
POST   /systems/{id}/rotate-secret        422     +             -                -                 +              -            -          -         +
POST   /systems/{id}/duplicate            422     +             -                -                 +              -            -          -         +
POST   /systems/{id}/test                 422     +             -                -                 +              -            -          -         +
GET    /systems/{id}/scim/tokens          200     +             +                +                 +              +            -          +         +
POST   /systems/{id}/scim/tokens          422     +             -                -                 +              -            -          -         +
DELETE /systems/{id}/scim/tokens/{token}  404     +             -                -                 +              -            -          -         +
GET    /systems/{id}/scim/calls           200     +             +                +                 +              +            -          +         +
GET    /systems/{id}/scim/reconnect       200     +             +                +                 -              +            +          +         +
GET    /systems/{id}/provisioning         200     +             +                +                 +              +            -          +         +
GET    /systems/{id}/provisioning/plan    409     +             -                -                 +              -            -          -         +
GET    /systems/{id}/provisioning/drift   409     +             -                -                 +              -            -          -         +
POST   /systems/{id}/provisioning/apply   422     +             -                -                 +              -            -          -         +
GET    /systems/{id}/dependents           200     +             +                +                 +              +            -          +         +
GET    /systems/{id}/history              200     +             -                -                 +              -            -          -         +
GET    /sources                           200     +             +                +                 +              +            -          +         +
POST   /sources                           422     +             -                -                 -              -            -          -         +
GET    /sources/{id}                      200     +             +                +                 +              +            -          +         +
PATCH  /sources/{id}                      428     +             -                -                 -              -            -          -         +
DELETE /sources/{id}                      428     +             -                -                 -              -            -          -         +
POST   /sources/{id}/test                 400     +             -                -                 -              -            -          -         +
POST   /sources/{id}/sync/preview         422     +             +                -                 -              -            -          -         +
POST   /sources/{id}/sync                 422     +             +                -                 -              -            -          -         +
GET    /policy                            200     +             +                +                 +              +            -          +         +
GET    /policy/versions                   200     +             +                +                 +              +            -          +         +
GET    /policy/versions/{number}          200     +             +                +                 +              +            -          +         +
POST   /policy/simulate                   422     +             +                +                 +              +            -          +         +
GET    /policy/conflicts                  200     +             +                +                 +              +            -          +         +
PUT    /policy/conflicts/{separation}/{id}/acceptance 404 +           -                +                 -              -            -          -         +
DELETE /policy/conflicts/{separation}/{id}/acceptance 404 +           -                +                 -              -            -          -         +
GET    /policy/draft                      200     +             +                +                 +              +            -          +         +
PUT    /policy/draft                      415     +             -                +                 -              -            -          -         +
DELETE /policy/draft                      404     +             -                +                 -              -            -          -         +
POST   /policy/draft/edits                422     +             -                +                 -              -            -          -         +
GET    /policy/draft/preview              200     +             +                +                 +              +            -          +         +
GET    /policy/draft/effect               422     +             +                +                 +              +            -          +         +
POST   /policy/draft/rebase               404     +             -                +                 -              -            -          -         +
POST   /policy/draft/publish              404     +             -                +                 -              -            -          -         +
POST   /policy/check                      422     +             +                +                 +              +            -          +         +
GET    /policy/diff                       400     +             +                +                 +              +            -          +         +
POST   /policy/versions/{number}/rollback 422     +             -                +                 -              -            -          -         +
GET    /policy/who-can                    400     +             +                +                 -              +            +          +         +
GET    /policy/matrix                     200     +             +                +                 +              +            -          +         +
GET    /audit                             200     +             -                -                 -              +            -          +         +
GET    /audit/export                      200     +             -                -                 -              +            -          +         +
GET    /audit/verify                      200     +             -                -                 -              +            -          +         +
GET    /keys                              200     +             -                -                 +              +            -          +         +
POST   /keys/rotate                       422     +             -                -                 -              -            -          -         +
GET    /break-glass                       200     +             -                -                 +              +            -          +         +
POST   /break-glass/uses/{use}/acknowledge 404    +             -                -                 -              -            -          -         -
GET    /deliveries                        200     +             +                +                 +              +            -          +         +
`;

/** Most forms of the console that were let through answer 303, whatever became of what they asked. */
const pages = `
                                                   hub-owner hub-people-admin hub-policy-author hub-systems-admin hub-auditor hub-helpdesk
GET    /admin                                 200     +             +                +                 +              +            +
GET    /admin/break-glass                     200     +             +                +                 +              +            +
POST   /admin/break-glass/:use/acknowledge    404     +             -                -                 -              -            -
GET    /admin/people                          200     +             +                +                 -              +            +
POST   /admin/people                          422     +             +                -                 -              -            -
GET    /admin/people/new                      200     +             +                -                 -              -            -
GET    /admin/people/import                   200     +             +                -                 -              -            -
POST   /admin/people/import                   303     +             +                -                 -              -            -
GET    /admin/people/import/:id               404     +             +                -                 -              -            -
POST   /admin/people/import/:id/apply         404     +             +                -                 -              -            -
POST   /admin/people/import/:id/again         404     +             +                -                 -              -            -
GET    /admin/people/:id/data                 200     +             +                +                 -              +            +
GET    /admin/people/:id/data/export          303     +             -                -                 -              +            -
GET    /admin/people/:id/leaving              200     +             +                +                 -              +            +
GET    /admin/people/:id/history              200     +             +                -                 -              -            -
POST   /admin/people/:id/leaving              303     +             +                -                 -              -            -
GET    /admin/people/:id/erase                200     +             +                -                 -              -            -
POST   /admin/people/:id/erase                303     +             +                -                 -              -            -
GET    /admin/people/:id                      200     +             +                +                 -              +            +
POST   /admin/people/:id/disable              303     +             +                -                 -              -            -
POST   /admin/people/:id/enable               303     +             +                -                 -              -            -
POST   /admin/people/:id/mail-link            303     +             +                -                 -              -            +
POST   /admin/people/:id/end-sessions         303     +             +                -                 -              -            +
POST   /admin/people/:id/reset-factors        303     +             +                -                 -              -            +
POST   /admin/people/:id/roles                303     +             +                -                 -              -            -
POST   /admin/people/:id/roles/:assignment/withdraw 404 +           +                -                 -              -            -
GET    /admin/people/:id/merge                200     +             +                -                 -              -            -
POST   /admin/people/:id/merge                303     +             +                -                 -              -            -
POST   /admin/people/:id/merges/:merge/undo   404     +             +                -                 -              -            -
GET    /admin/unify                           200     +             +                +                 -              +            +
POST   /admin/unify                           303     +             +                -                 -              -            -
GET    /admin/unify/:id                       404     +             +                +                 -              +            +
POST   /admin/unify/:id/match                 404     +             +                -                 -              -            -
POST   /admin/unify/:id/accept                404     +             +                -                 -              -            -
POST   /admin/unify/:id/remove                404     +             +                -                 -              -            -
GET    /admin/unify/:id/review                404     +             +                +                 -              +            +
GET    /admin/unify/:id/doubts                404     +             +                +                 -              +            +
POST   /admin/unify/:id/decide                404     +             +                -                 -              -            -
GET    /admin/unify/:id/report                404     +             +                +                 -              +            +
GET    /admin/unify/:id/proposals             404     +             +                +                 -              +            +
POST   /admin/unify/:id/proposals/:proposal/decide 404     +             +                -                 -              -            -
POST   /admin/unify/:id/proposals/:proposal/undo 404     +             +                -                 -              -            -
GET    /admin/systems                         200     +             +                +                 +              +            -
POST   /admin/systems                         404     +             -                -                 +              -            -
GET    /admin/systems/new                     200     +             -                -                 +              -            -
GET    /admin/systems/:id                     200     +             +                +                 +              +            -
GET    /admin/systems/:id/scim                200     +             +                +                 +              +            -
POST   /admin/systems/:id/scim/tokens         303     +             -                -                 +              -            -
POST   /admin/systems/:id/scim/tokens/:token/revoke 404 +           -                -                 +              -            -
GET    /admin/systems/:id/accounts            200     +             +                +                 +              +            -
POST   /admin/systems/:id/accounts            400     +             -                -                 +              -            -
GET    /admin/systems/:id/guide               200     +             +                +                 +              +            -
GET    /admin/systems/:id/test                200     +             -                -                 +              -            -
POST   /admin/systems/:id/test                200     +             -                -                 +              -            -
GET    /admin/systems/:id/change              200     +             -                -                 +              -            -
POST   /admin/systems/:id/change              422     +             -                -                 +              -            -
GET    /admin/systems/:id/history             200     +             -                -                 +              -            -
GET    /admin/systems/:id/rotate              200     +             -                -                 +              -            -
POST   /admin/systems/:id/rotate              303     +             -                -                 +              -            -
GET    /admin/systems/:id/duplicate           200     +             -                -                 +              -            -
POST   /admin/systems/:id/duplicate           303     +             -                -                 +              -            -
GET    /admin/systems/:id/remove              200     +             -                -                 +              -            -
POST   /admin/systems/:id/remove              303     +             -                -                 +              -            -
POST   /admin/systems/:id/disable             303     +             -                -                 +              -            -
POST   /admin/systems/:id/enable              303     +             -                -                 +              -            -
GET    /admin/sources                         200     +             +                +                 +              +            -
POST   /admin/sources                         422     +             -                -                 -              -            -
GET    /admin/sources/new                     200     +             -                -                 -              -            -
GET    /admin/sources/:id                     200     +             +                +                 +              +            -
POST   /admin/sources/:id/test                200     +             -                -                 -              -            -
GET    /admin/sources/:id/change              200     +             -                -                 -              -            -
POST   /admin/sources/:id/change              422     +             -                -                 -              -            -
POST   /admin/sources/:id/disable             303     +             -                -                 -              -            -
POST   /admin/sources/:id/enable              303     +             -                -                 -              -            -
GET    /admin/sources/:id/sync                422     +             +                -                 -              -            -
POST   /admin/sources/:id/sync                303     +             +                -                 -              -            -
POST   /admin/sources/:id/remove              303     +             -                -                 -              -            -
GET    /admin/policy                          200     +             +                +                 +              +            -
GET    /admin/policy/versions/:number         200     +             +                +                 +              +            -
GET    /admin/policy/versions/:number/rollback 200    +             -                +                 -              -            -
POST   /admin/policy/versions/:number/rollback 303    +             -                +                 -              -            -
GET    /admin/policy/compare                  200     +             +                +                 +              +            -
GET    /admin/policy/who                      200     +             +                +                 -              +            +
GET    /admin/policy/matrix                   200     +             +                +                 +              +            -
GET    /admin/policy/matrix.csv               200     +             +                +                 +              +            -
GET    /admin/policy/draft                    303     +             +                +                 +              +            -
GET    /admin/policy/draft/content            200     +             -                +                 -              -            -
GET    /admin/policy/draft/effect.csv         200     +             +                +                 +              +            -
POST   /admin/policy/draft/discard            303     +             -                +                 -              -            -
POST   /admin/policy/draft/rebase             303     +             -                +                 -              -            -
POST   /admin/policy/draft/publish            303     +             -                +                 -              -            -
GET    /admin/policy/draft/document           200     +             -                +                 -              -            -
POST   /admin/policy/draft/document           412     +             -                +                 -              -            -
GET    /admin/policy/draft/role               200     +             -                +                 -              -            -
POST   /admin/policy/draft/role               422     +             -                +                 -              -            -
GET    /admin/policy/draft/rule               200     +             -                +                 -              -            -
POST   /admin/policy/draft/rule               422     +             -                +                 -              -            -
GET    /admin/policy/draft/separation         200     +             -                +                 -              -            -
POST   /admin/policy/draft/separation         412     +             -                +                 -              -            -
GET    /admin/policy/draft/delegation         200     +             -                +                 -              -            -
POST   /admin/policy/draft/delegation         412     +             -                +                 -              -            -
GET    /admin/requests                        200     +             +                +                 -              +            +
POST   /admin/requests/:id/decide             404     +             +                -                 -              -            -
GET    /admin/reviews                         200     +             +                +                 -              +            +
POST   /admin/reviews                         303     +             +                -                 -              -            -
GET    /admin/reviews/new                     200     +             +                -                 -              -            -
GET    /admin/reviews/:id                     404     +             +                +                 -              +            +
GET    /admin/reviews/:id/report.csv          404     +             +                +                 -              +            +
POST   /admin/reviews/:id/close               404     +             +                -                 -              -            -
POST   /admin/reviews/:id/items/:item/decide  404     +             +                -                 -              -            -
POST   /admin/reviews/:id/items/:item/undo    404     +             +                -                 -              -            -
GET    /admin/conflicts                       200     +             +                +                 +              +            -
GET    /admin/conflicts/:separation/:id       404     +             +                +                 +              +            -
POST   /admin/conflicts/:separation/:id       404     +             -                +                 -              -            -
POST   /admin/conflicts/:separation/:id/revoke 404    +             -                +                 -              -            -
GET    /admin/audit                           200     +             -                -                 -              +            -
GET    /admin/audit-export                    303     +             -                -                 -              +            -
GET    /admin/audit/:id                       404     +             -                -                 -              +            -
GET    /admin/deliveries                      200     +             +                +                 +              +            -
GET    /admin/keys                            200     +             -                -                 +              +            -
POST   /admin/keys/rotate                     303     +             -                -                 -              -            -
`;

export interface Row {
  readonly method: string;
  readonly path: string;
  /** What those who may get. */
  readonly status: number;
  readonly may: Readonly<Record<string, boolean>>;
}

function read(table: string): Row[] {
  const [head = '', ...lines] = table.split('\n').filter((line) => line.trim() !== '');
  const callers = head.trim().split(/\s+/);
  return lines.map((line) => {
    const [method = '', path = '', status = '', ...marks] = line.trim().split(/\s+/);
    if (marks.length !== callers.length) throw new Error(`a row needs ${callers.length} marks: ${line}`);
    const may = Object.fromEntries(callers.map((caller, index) => [caller, marks[index] === '+']));
    return { method, path, status: Number(status), may };
  });
}

export const apiRows = read(api);
export const pageRows = read(pages);
