//! Pages that are served in place of others: not found, parked, log in, unavailable; and small decoys.

/// An error page that a server sent with status 200.
pub fn soft_404(site_name: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html><head><title>{site_name}: Page not found</title></head>\n<body>\n<div id=\"header\"><a href=\"/\">{site_name}</a></div>\n\
         <h1>Page not found</h1>\n<p>Sorry, the page you are looking for could not be found. It may have been moved or deleted.</p>\n\
         <p>Please check the address for typing errors, or go back to the <a href=\"/\">home page</a>.</p>\n</body></html>\n"
    )
}

/// An error page with status 404.
pub fn not_found() -> &'static str {
    "<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">\n<html><head>\n<title>404 Not Found</title>\n</head><body>\n<h1>Not Found</h1>\n\
     <p>The requested URL was not found on this server.</p>\n</body></html>\n"
}

/// An error page with status 503.
pub fn unavailable() -> &'static str {
    "<html><head><title>503 Service Unavailable</title></head><body><h1>Service Unavailable</h1>\
     <p>The server is temporarily unable to service your request due to maintenance downtime or capacity problems. Please try again later.</p></body></html>\n"
}

/// The page of a registrar on a domain that has expired.
pub fn parked(domain: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html><head><title>{domain} - This domain is for sale</title></head>\n<body>\n<div id=\"main\">\n<h1>{domain}</h1>\n\
         <p>This domain may be for sale by its owner! <a href=\"http://buy.domain-harbour-sample.com/?d={domain}\">Click here to inquire about this domain.</a></p>\n\
         <h2>Related searches</h2>\n<ul>\n<li><a href=\"/search?q=mountain+bikes\">Mountain Bikes</a></li>\n<li><a href=\"/search?q=bike+parts\">Bike Parts</a></li>\n\
         <li><a href=\"/search?q=cheap+flights\">Cheap Flights</a></li>\n<li><a href=\"/search?q=car+insurance\">Car Insurance</a></li>\n\
         <li><a href=\"/search?q=credit+cards\">Credit Cards</a></li>\n</ul>\n</div>\n\
         <div id=\"foot\">This page is provided courtesy of Domain Harbour. The sponsored listings displayed above are served automatically by a third party. \
         Neither the service provider nor the domain owner maintain any relationship with the advertisers. \
         <a href=\"http://www.domain-harbour-sample.com/privacy\">Privacy Policy</a></div>\n</body></html>\n"
    )
}

/// A page that asks to log in before it shows anything.
pub fn login_wall(site_name: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Log in to {site_name}</title></head>\n<body>\n<main>\n<h1>Log in to {site_name}</h1>\n\
         <p>You must log in to continue.</p>\n<form action=\"/session\" method=\"post\">\n<label>E-mail <input type=\"email\" name=\"email\"></label>\n\
         <label>Password <input type=\"password\" name=\"password\"></label>\n<button type=\"submit\">Log in</button>\n</form>\n\
         <p><a href=\"/password/reset\">Forgot your password?</a> New here? <a href=\"/signup\">Sign up</a></p>\n</main>\n</body></html>\n"
    )
}

/// A page that offers to share another page.
pub fn share_page() -> &'static str {
    "<html><head><title>Share: Privacy Policy</title></head><body><h1>Share this page</h1><form><input name=\"to\" value=\"friend's e-mail\"> \
     <input name=\"subject\" value=\"Privacy Policy\"><input type=\"submit\" value=\"Send\"></form></body></html>\n"
}

/// A GIF of one grey pixel.
pub const PIXEL_GIF: &[u8] = &[
    0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 0x01, 0x00, 0x01, 0x00, 0x80, 0x00, 0x00, 0x99, 0x99, 0x99,
    0xff, 0xff, 0xff, 0x2c, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x01, 0x00, 0x00, 0x02, 0x02, 0x44,
    0x01, 0x00, 0x3b,
];
