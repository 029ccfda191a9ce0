/** Two roles, one in each system, whose rights nobody may hold together. */
export const dutiesApart = `
version: 1
domains:
  customer: { title: Customers, sides: [crm], actions: [write] }
  credit: { title: Credit, sides: [erp], actions: [approve] }
roles:
  seller: { title: Seller, grants: { crm: ['customer:write'] } }
  creditor: { title: Creditor, grants: { erp: ['credit:approve'] } }
separation:
  - id: apart
    title: Apart
    conflict: [ { system: crm, permission: 'customer:write' }, { system: erp, permission: 'credit:approve' } ]
    mode: prevent
`;
