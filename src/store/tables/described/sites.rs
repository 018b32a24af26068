//! What stands in the tables of sites, their policies, and the evidence for them.

use super::columns::{KIND, POLICY_URL, SITE, always, evidence, perhaps};
use crate::store::tables::table::ColumnType::{Boolean, Integer, Json, List, Text, Time};
use crate::store::tables::table::{Chosen, Table};

/// One policy a row.
pub const POLICIES: Table = Table {
    name: "policies",
    about: "One row per policy. A policy is one document of a site over time, even if its URL changes.",
    columns: &[
        SITE,
        POLICY_URL,
        KIND,
        always(
            "cross_domain",
            Boolean,
            "p.cross_domain",
            "true if the policy is on the host of another site",
        ),
        always(
            "urls",
            List,
            "(SELECT json_group_array(u.url ORDER BY u.urlkey) FROM policy_urls u WHERE u.policy_id = p.policy_id)",
            "all URLs that the policy has had",
        ),
        always(
            "versions",
            Integer,
            "(SELECT count(*) FROM versions v WHERE v.policy_id = p.policy_id)",
            "number of versions",
        ),
        perhaps(
            "first_seen",
            Time,
            "(SELECT min(v.first_seen) FROM versions v WHERE v.policy_id = p.policy_id)",
            "time of the first capture that shows the policy",
        ),
        perhaps(
            "last_seen",
            Time,
            "(SELECT max(v.last_seen) FROM versions v WHERE v.policy_id = p.policy_id)",
            "time of the last capture that shows the policy",
        ),
        always(
            "captures",
            Integer,
            "(SELECT count(*) FROM observations o WHERE o.policy_id = p.policy_id)",
            "number of captures that show the policy",
        ),
        always(
            "dropped",
            Integer,
            "(SELECT count(*) FROM drops x WHERE x.policy_id = p.policy_id)",
            "number of captures that show no version",
        ),
        always(
            "left_open",
            Integer,
            "p.left_open",
            "number of changes that are not located exactly and of periods that are not sampled, because the number of requests was limited",
        ),
        always(
            "languages",
            List,
            "(SELECT json_group_array(DISTINCT d.language ORDER BY d.language) FROM versions v JOIN documents d USING (document_id)
              WHERE v.policy_id = p.policy_id)",
            "languages of the versions",
        ),
        always(
            "discovered_by",
            List,
            evidence!("json_group_array(DISTINCT i.source ORDER BY i.source)", ""),
            "how the URLs of the policy were found",
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
    about: "One row per requested site, even if nothing was found.",
    columns: &[
        SITE,
        perhaps(
            "rank",
            Integer,
            "s.rank",
            "rank in the site list, if the list has ranks",
        ),
        always("tags", Json, "s.tags", "other columns of the site list"),
        perhaps(
            "looked_at",
            Time,
            "s.crawled_at",
            "end of the last complete crawl",
        ),
        always(
            "unfinished",
            Boolean,
            "s.unfinished_since IS NOT NULL",
            "true if the last crawl of the site is unfinished",
        ),
        always(
            "policies",
            Integer,
            "(SELECT count(*) FROM policies p WHERE p.site_id = s.site_id)",
            "number of policies",
        ),
        always(
            "versions",
            Integer,
            "(SELECT count(*) FROM policies p JOIN versions v USING (policy_id) WHERE p.site_id = s.site_id)",
            "number of versions of these policies",
        ),
        perhaps(
            "drop_reason",
            Text,
            "s.drop_reason",
            "reason why the archive provides nothing for the whole site",
        ),
        perhaps(
            "drop_detail",
            Text,
            "s.drop_detail",
            "details of the reason",
        ),
        perhaps(
            "sampling",
            Text,
            "s.sampling",
            "which captures of the policies the last crawl fetched: the rule (`every-change`, `interval`, `all captures`) and its \
             parameters; empty if not recorded",
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
    about: "One row per piece of evidence that a URL belongs to a policy.",
    columns: &[
        SITE,
        perhaps(
            "policy_url",
            Text,
            "p.policy_url",
            "the policy to which the URL was assigned; empty if it was assigned to none",
        ),
        always("url", Text, "i.url", "the URL"),
        always("urlkey", Text, "i.urlkey", "key of the URL (SURT)"),
        always("kind", Text, "i.kind", "`privacy`, `cookies`, `children`"),
        always(
            "source",
            Text,
            "i.source",
            "`given`, `path`, `link`, `hub`, `redirect`, `canonical`",
        ),
        always(
            "score",
            Integer,
            "i.score",
            "score of the evidence; a higher score is more certain",
        ),
        perhaps(
            "home_timestamp",
            Time,
            "nullif(i.home_timestamp, '')",
            "time of the archived page that contains the link",
        ),
        perhaps(
            "home_original",
            Text,
            "nullif(i.home_original, '')",
            "URL of that page",
        ),
        perhaps(
            "link_text",
            Text,
            "nullif(i.link_text, '')",
            "text of the link",
        ),
        always(
            "reasons",
            List,
            "i.reasons",
            "reasons for the score, a short text for each",
        ),
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

/// One decision of a reviewer a row.
pub const REVIEWS: Table = Table {
    name: "reviews",
    about: "One row per decision of a reviewer about a text: whether it is a version of the site's policy. A decision holds for \
            all captures of the site that show the text; the newest decision about a text counts. The captures that it leaves \
            out have the drop reason `excluded_by_review`.",
    columns: &[
        SITE,
        always(
            "timestamp",
            Time,
            "e.timestamp",
            "time of a capture that shows the text",
        ),
        always(
            "decision",
            Text,
            "e.decision",
            "`exclude`: the text is not a version; `include`: it is a version, and not suspect",
        ),
        always("why", Text, "e.why", "reason that the reviewer gave"),
        always("decided_at", Time, "e.decided_at", "time of the decision"),
        always(
            "body_sha256",
            Text,
            "e.body_sha256",
            "SHA-256 of the normalised text without page furniture above the title and below the last paragraph, in hexadecimal",
        ),
    ],
    from: "sites s CROSS JOIN reviews e ON e.site_id = s.site_id",
    always: "true",
    order: "s.site, e.review_id",
    span: None,
    chosen: Chosen::Site("s.site_id"),
    counted: "count(*)",
};
