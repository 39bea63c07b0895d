"""Pages of the ninth set from WordPress: further modes, a network of its sites, languages of the East."""

from collections.abc import Iterator
from pathlib import Path

from tests.lab.pages.cms import CONFIG, INSTALL, _wordpress
from tests.lab.pages.php import database, served
from tests.lab.pages.room import Room, Shot

ERROR, BLANK, MAINTENANCE = "error_page", "blank_page", "maintenance_page"
Pages = tuple[tuple[str, str, str], ...]
PHP_QUIET = ["php", "-d", "error_log=/dev/null"]
CONTENT = """<?php
$_SERVER['HTTP_HOST'] = 'www.example.test'; require 'www/wp-load.php'; delete_option('WPLANG');
wp_insert_post(['post_title' => 'Nos portes de grange', 'post_status' => 'publish', 'post_type' => 'post',
 'post_content' => '<p>Chêne massif, posées en une journée.</p>', 'post_category' => [1], 'post_name' => 'grange']);
wp_insert_post(['post_title' => 'Opening soon: our second workshop', 'post_status' => 'publish',
 'post_content' => '<p>We open in March, near the harbour. Coming soon with coffee for everybody.</p>',
 'post_name' => 'soon']);
wp_insert_post(['post_title' => 'Prices', 'post_status' => 'publish', 'post_password' => 'oak', 'post_name' => 'prices',
 'post_content' => '<p>x</p>']);
"""
PLUGINS = {  # name → kind and the plugin an agency left behind
    "gate": (
        MAINTENANCE,
        (
            "add_action('template_redirect', function () { if (!current_user_can('edit_themes')) { wp_die('<h1>Under"
            " Maintenance</h1><br />Website under planned maintenance. Please check back later.', 'Maintenance',"
            " 503); } });"
        ),
    ),
    "gate-fr": (
        MAINTENANCE,
        (
            "add_action('get_header', function () { wp_die('<h1>Site en maintenance</h1><p>Nous revenons dans quelques"
            " minutes. Merci de votre patience.</p>', 'Maintenance', ['response' => 503]); });"
        ),
    ),
    "type": (BLANK, "add_filter('the_title', function (array $t) { return $t; });"),
}
SHOWN = {  # what the same leaves when errors are displayed
    "session": "add_action('wp_body_open', function () { session_start(); });",
    "notice": "add_action('wp_head', function () { echo $tarif; });",
    "include": "include 'lib/tarifs.php';",
    "open": "add_action('wp_footer', function () { file_put_contents('/srv/none/log.txt', 'x'); });",
}
INNOCENT: Pages = (
    ("post", "", "/?name=grange"), ("soon", "", "/?name=soon"), ("prices", "", "/?name=prices"),
    ("search", "", "/?s=chêne"), ("search-none", "", "/?s=zzzz"), ("category", "", "/?cat=1"),
    ("author", "", "/?author=1"), ("atom", "", "/?feed=atom"), ("sitemap", "", "/?sitemap=index"),
    ("robots", "", "/?robots=1"),
    ("rest", "", "/?rest_route=/wp/v2/types"), ("no-signup", "", "/wp-login.php?registration=disabled"),
)  # fmt: skip
LANGUAGES = ("vi", "ko_KR", "zh_CN", "th", "fa_IR")
TRANSLATED = ("zh_CN", "fa_IR")  # the title of the critical error
NETWORK = """<?php
define('WP_INSTALLING_NETWORK', true); $_SERVER['HTTP_HOST'] = 'www.example.test'; require 'www/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php'; require_once ABSPATH . 'wp-admin/includes/network.php';
foreach ($wpdb->tables('ms_global') as $table => $prefixed) $wpdb->$table = $prefixed;
install_network();
populate_network(1, 'www.example.test', 'a@example.test', 'Ateliers', '/', false);
"""
SITES = """<?php
$_SERVER['HTTP_HOST'] = 'www.example.test'; $_SERVER['REQUEST_URI'] = '/'; require 'www/wp-load.php';
foreach (['archived', 'deleted', 'spam', 'open'] as $name) {
 $id = wpmu_create_blog('www.example.test', "/$name/", ucfirst($name), 1);
 if ($name !== 'open') update_blog_status($id, $name, 1);
}
update_site_option('registration', 'none');
"""


def _installed(room: Room, www: Path, db: int, theme: str, more: str = "") -> str:
    """Install WordPress into an empty database; returns its configuration."""
    good = (CONFIG % (db, "false")).replace("$table", f"{more}$table", 1)
    (www / "wp-config.php").write_text(good)
    room.write("install.php", (INSTALL % "").replace("twentytwentythree", theme))
    room.run([*PHP_QUIET, "install.php"])
    room.write("content.php", CONTENT)
    room.run([*PHP_QUIET, "content.php"])
    return good


def _shot(name: str, expect: str, what: str, port: int, path: str = "/", headers: str = "") -> Shot:
    accept = (("Accept", headers),) if headers else ()
    by = f"WordPress 6.1, {what}"
    path = path.replace("ê", "%C3%AA")
    return Shot(name=f"wp9-{name}", expect=expect, by=by, port=port, path=path, headers=accept)


def _broken_files(www: Path, good: str, hidden: int, shown: int) -> Iterator[Shot]:
    """Record WordPress with a configuration cut short, a core file gone, themes that are half there."""
    config, core = www / "wp-config.php", www / "wp-includes/class-wp-query.php"
    config.write_text(good.replace("'DB_USER', 'site');", "'DB_USER', 'site';"))
    yield _shot("config-syntax", BLANK, "a slip in wp-config.php, hidden", hidden)
    yield _shot("config-syntax-shown", ERROR, "a slip in wp-config.php, shown", shown)
    config.write_text(good)
    whole = core.read_text()
    core.unlink()
    yield _shot("core-gone-shown", ERROR, "half uploaded, shown", shown)
    core.write_text(whole)
    index = www / "wp-content/themes/twentytwentyone/index.php"
    kept = index.read_text()
    index.write_text("<?php // emptied by the scanner\n")
    yield _shot("theme-emptied", BLANK, "a theme's index.php emptied", hidden)
    index.write_text(kept)
    header = index.with_name("header.php")
    kept = header.read_text()
    header.write_text(kept.replace("wp_head();", "wp_head(; "))
    yield _shot("theme-header-shown", ERROR, "a slip in header.php, shown", shown)
    header.write_text(kept)
    (www / ".maintenance").write_text("<?php $upgrading = time() + 300;")
    yield _shot("maintenance-json", MAINTENANCE, "in maintenance, asked for JSON", hidden, headers="application/json")
    (www / "wp-content/maintenance.php").write_text(
        "<?php http_response_code(503); ?><!doctype html><html lang='fr'><head><title>Menuiserie Durand</title></head>"
        "<body><img src='/logo.svg' alt='Durand'><h1>Notre site fait peau neuve</h1><p>Il sera de retour demain matin."
        " Pour une urgence : 04 78 00 00 00.</p></body></html>"
    )
    yield _shot("maintenance-own", MAINTENANCE, "in maintenance, a maintenance.php of its own", hidden)
    (www / "wp-content/maintenance.php").unlink()
    (www / ".maintenance").unlink()


def ninth_wordpress(room: Room) -> Iterator[Shot]:
    """Record WordPress with Twenty Twenty-One, its further pages, and what plugins and half an upload do to it."""
    www, router, theme = _wordpress(room), str(room.folder / "router.php"), "twentytwentyone"
    room.copy(f"/usr/share/wordpress/wp-content/themes/{theme}", f"www/wp-content/themes/{theme}")
    plugin = www / "wp-content/mu-plugins/agency.php"
    plugin.parent.mkdir(exist_ok=True)
    with served(room, www, ("display_errors=0",), router) as port, served(room, www, (), router) as shown:
        with database(room) as db:
            good = _installed(room, www, db, theme)
            for name, expect, path in INNOCENT:
                yield _shot(name, expect, f"Twenty Twenty-One, {name}", port, path)
            for name, (expect, code) in PLUGINS.items():
                plugin.write_text(f"<?php {code}\n")
                yield _shot(f"plugin-{name}", expect, f"a plugin: {name}", port)
            plugin.write_text("<?php add_action('parse_request', function () { nulle_part(); });\n")
            yield _shot("critical-json", ERROR, "a fatal error, asked for JSON", port, headers="application/json")
            for name, code in SHOWN.items():
                plugin.write_text(f"<?php {code}\n")
                yield _shot(f"shown-{name}", ERROR, f"errors displayed: {name}", shown)
            plugin.unlink()
            yield from _broken_files(www, good, port, shown)
            room.run(["mariadb", "--no-defaults", f"--socket={room.folder}/db.sock", "-u", "root", "site"],
                     text="rename table wp_posts to old_posts;")  # fmt: skip
            (www / "wp-config.php").write_text(good.replace("'WP_DEBUG', false", "'WP_DEBUG', true"))
            yield _shot("table-gone", ERROR, "a table gone, WP_DEBUG", shown)
        (www / "wp-config.php").write_text(good)
        yield _shot("dead-json", ERROR, "MariaDB stopped, asked for JSON", port, headers="application/json")
        (www / "wp-content/db-error.php").write_text(
            "<?php header('HTTP/1.1 503 Service Unavailable'); echo '<!DOCTYPE html><title>Database Error</title>"
            "<h1>Database Error</h1><p>The connection to the database has been lost. We were told.</p>';"
        )
        yield _shot("dead-own", ERROR, "MariaDB stopped, a db-error.php of its own", port)


def ninth_network(room: Room) -> Iterator[Shot]:
    """Record a network of WordPress sites: archived, deleted and unknown ones."""
    www, router = _wordpress(room), str(room.folder / "router.php")
    with served(room, www, ("display_errors=0",), router) as port, database(room) as db:
        good = _installed(room, www, db, "twentytwentythree", "define('WP_ALLOW_MULTISITE', true);\n")
        room.write("network.php", NETWORK)
        room.run([*PHP_QUIET, "network.php"])
        more = (
            "define('MULTISITE', true); define('SUBDOMAIN_INSTALL', false); define('DOMAIN_CURRENT_SITE',"
            " 'www.example.test'); define('PATH_CURRENT_SITE', '/'); define('SITE_ID_CURRENT_SITE', 1);"
            " define('BLOG_ID_CURRENT_SITE', 1);\n"
        )
        (www / "wp-config.php").write_text(good.replace("$table", f"{more}$table", 1))
        room.write("sites.php", SITES)
        room.run([*PHP_QUIET, "sites.php"])
        for name, expect, path in (
                ("open", "", "/open/"), ("archived", ERROR, "/archived/"),
                ("deleted", ERROR, "/deleted/"),
            ):  # fmt: skip
            yield _shot(f"network-{name}", expect, f"a network of sites, {name}", port, path)


def ninth_languages(room: Room) -> Iterator[Shot]:
    """Record WordPress in languages of the East: healthy, in maintenance, failing, its database stopped or gone."""
    www, router = _wordpress(room), str(room.folder / "router.php")
    plugin = www / "wp-content/mu-plugins/broken.php"
    plugin.parent.mkdir(exist_ok=True)
    with served(room, www, ("display_errors=0",), router) as port:
        with database(room) as db:
            good = _installed(room, www, db, "twentytwentythree")

            def config(language: str, more: str = "") -> None:
                text = good.replace("$table", f"define('WPLANG', '{language}');\n{more}$table", 1)
                (www / "wp-config.php").write_text(text)

            for tongue in LANGUAGES:
                config(tongue)
                for name, path in (("home", "/"), ("none", "/?s=zzzz"), ("login", "/wp-login.php")):
                    yield _shot(f"{name}-{tongue}", "", f"{tongue}, {name}", port, path)
                if tongue not in TRANSLATED:
                    continue
                plugin.write_text("<?php add_action('init', 'nulle_part');")
                yield _shot(f"critical-{tongue}", ERROR, f"{tongue}, a fatal error", port)
                plugin.unlink()
            for tongue in LANGUAGES[1:]:
                config(tongue, "require __DIR__ . '/wp-includes/formatting.php';\n")
                (www / ".maintenance").write_text("<?php $upgrading = time() + 300;")
                yield _shot(f"maintenance-{tongue}", MAINTENANCE, f"{tongue}, in maintenance", port)
                (www / ".maintenance").unlink()
        for tongue in LANGUAGES[1:]:
            config(tongue)
            yield _shot(f"dead-{tongue}", ERROR, f"{tongue}, MariaDB stopped", port)


MAKERS = (ninth_wordpress, ninth_network, ninth_languages)
