//! What stands in the tables of sites, their policies, and the evidence for them.

use super::columns::{KIND, POLICY_URL, SITE, always, evidence, perhaps};
use crate::store::tables::table::ColumnType::{Boolean, Integer, Json, List, Text, Time};
use crate::store::tables::table::{Chosen, Table};

/// One policy a row.
pub const POLICIES: Table = Table {
    name: "policies",
    about: "A policy is a site's line of policy pages, across moves.",
    columns: &[
        SITE,
        POLICY_URL,
        KIND,
        always(
            "cross_domain",
            Boolean,
            "p.cross_domain",
            "it lives on another site's host",
        ),
        always(
            "urls",
            List,
            "(SELECT json_group_array(u.url ORDER BY u.urlkey) FROM policy_urls u WHERE u.policy_id = p.policy_id)",
            "every address it has had",
        ),
        always(
            "versions",
            Integer,
            "(SELECT count(*) FROM versions v WHERE v.policy_id = p.policy_id)",
            "number of its versions",
        ),
        perhaps(
            "first_seen",
            Time,
            "(SELECT min(v.first_seen) FROM versions v WHERE v.policy_id = p.policy_id)",
            "first capture that showed it",
        ),
        perhaps(
            "last_seen",
            Time,
            "(SELECT max(v.last_seen) FROM versions v WHERE v.policy_id = p.policy_id)",
            "last capture that showed it",
        ),
        always(
            "captures",
            Integer,
            "(SELECT count(*) FROM observations o WHERE o.policy_id = p.policy_id)",
            "captures that showed it",
        ),
        always(
            "dropped",
            Integer,
            "(SELECT count(*) FROM drops x WHERE x.policy_id = p.policy_id)",
            "captures that showed no version",
        ),
        always(
            "left_open",
            Integer,
            "p.left_open",
            "changes not pinned down and steps not looked at, because the number of requests was limited",
        ),
        always(
            "languages",
            List,
            "(SELECT json_group_array(DISTINCT d.language ORDER BY d.language) FROM versions v JOIN documents d USING (document_id)
              WHERE v.policy_id = p.policy_id)",
            "languages of its versions",
        ),
        always(
            "discovered_by",
            List,
            evidence!("json_group_array(DISTINCT i.source ORDER BY i.source)", ""),
            "how its addresses were found",
        ),
    ],
    from: "sites s CROSS JOIN policies p ON p.site_id = s.site_id",
    always: "true",
    order: "s.site, p.policy_id",
    span: None,
    chosen: Chosen::Policy("p.policy_id"),
    counted: "count(*)",
};

/// One site a row.
pub const SITES: Table = Table {
    name: "sites",
    about: "A site that was asked for, also when nothing of it was found.",
    columns: &[
        SITE,
        perhaps(
            "rank",
            Integer,
            "s.rank",
            "from the site list, if it had one",
        ),
        always("tags", Json, "s.tags", "other columns of the site list"),
        perhaps(
            "looked_at",
            Time,
            "s.looked_at",
            "end of the last complete look",
        ),
        always(
            "unfinished",
            Boolean,
            "s.unfinished_since IS NOT NULL",
            "a look has not come to its end",
        ),
        always(
            "policies",
            Integer,
            "(SELECT count(*) FROM policies p WHERE p.site_id = s.site_id)",
            "number of its policies",
        ),
        always(
            "versions",
            Integer,
            "(SELECT count(*) FROM policies p JOIN versions v USING (policy_id) WHERE p.site_id = s.site_id)",
            "number of their versions",
        ),
        perhaps(
            "drop_reason",
            Text,
            "s.drop_reason",
            "why the archive has nothing to say about the whole site",
        ),
        perhaps(
            "drop_detail",
            Text,
            "s.drop_detail",
            "the same in more words",
        ),
    ],
    from: "sites s",
    always: "true",
    order: "s.site",
    span: None,
    chosen: Chosen::Site("s.site_id"),
    counted: "count(*)",
};

/// One piece of evidence a row.
pub const DISCOVERIES: Table = Table {
    name: "discoveries",
    about: "A piece of evidence that an address is a policy's.",
    columns: &[
        SITE,
        perhaps(
            "policy_url",
            Text,
            "p.policy_url",
            "the policy that the address was taken for; empty: it was taken for none",
        ),
        always("url", Text, "i.url", "the address"),
        always("urlkey", Text, "i.urlkey", "its key (SURT)"),
        always("kind", Text, "i.kind", "`privacy`, `cookies`, `children`"),
        always(
            "source",
            Text,
            "i.source",
            "`given`, `path`, `link`, `hub`, `redirect`, `canonical`",
        ),
        always("score", Integer, "i.score", "how sure; higher is surer"),
        perhaps(
            "home_timestamp",
            Time,
            "nullif(i.home_timestamp, '')",
            "time of the archived page that held the link",
        ),
        perhaps(
            "home_original",
            Text,
            "nullif(i.home_original, '')",
            "its address",
        ),
        perhaps(
            "link_text",
            Text,
            "nullif(i.link_text, '')",
            "the link's text",
        ),
        always("reasons", List, "i.reasons", "why, in a few words each"),
    ],
    from: "sites s
           CROSS JOIN discoveries i ON i.site_id = s.site_id
           LEFT JOIN policy_urls u ON u.site_id = i.site_id AND u.urlkey = i.urlkey
           LEFT JOIN policies p ON p.policy_id = u.policy_id",
    always: "true",
    order: "s.site, i.urlkey, i.source, i.home_timestamp, i.home_original",
    span: None,
    chosen: Chosen::Site("s.site_id"),
    counted: "count(*)",
};
