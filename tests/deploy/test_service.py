"""The unit really runs under a real systemd, in its own sandbox: started, watched over, stopped, refused."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.deploy.conftest import BUILD, ROOT, RUNC, run

pytestmark = pytest.mark.soak

PATIENCE = 60.0  # seconds
CONFIGURATION = "/etc/vigie/config.toml"
RECIPE = """
FROM {image}
USER 0
RUN apt-get update && apt-get install --yes --no-install-recommends systemd systemd-sysv
ENTRYPOINT ["/lib/systemd/systemd"]
CMD []
"""
# A machine of the first kind of control groups, which systemd of Debian 13 takes only when told so.
LEGACY = "systemd.unified_cgroup_hierarchy=0 SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1"


class Machine:
    """A container in which systemd is the first process, with our units installed."""

    def __init__(self, name: str) -> None:
        self.name = name

    def sh(self, script: str) -> str:
        return run("podman", "exec", self.name, "bash", "-euc", script)

    def show(self, unit: str, what: str) -> str:
        return self.sh(f"systemctl show --property={what} --value {unit}").strip()

    def until(self, unit: str, what: str, expected: str) -> None:
        end = time.monotonic() + PATIENCE
        while (found := self.show(unit, what)) != expected:
            assert time.monotonic() < end, f"{what} is {found}\n{self.log()}"
            time.sleep(0.2)

    def log(self) -> str:
        return self.sh("journalctl --no-pager --unit=vigie --lines=40")

    def tickets(self) -> list[dict[str, Any]]:
        """The tickets of the site; the agent's own come and go with what the tests do to it."""
        command = "runuser -u vigie -- /opt/vigie/bin/vigie tickets list --state all --format json --config"
        found: list[dict[str, Any]] = json.loads(self.sh(f"{command} {CONFIGURATION}"))
        return [ticket for ticket in found if ticket["site"]]


@pytest.fixture(scope="module")
def machine(lean: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    folder = tmp_path_factory.mktemp("machine")
    (folder / "Dockerfile").write_text(RECIPE.format(image=lean), encoding="utf-8")
    image, name = "localhost/vigie-test:systemd", f"vigie-test-{uuid4().hex[:8]}"
    run("buildah", "bud", *BUILD, "--tag", image, str(folder), bound=600)
    limits = ("--ulimit", "nofile=1024:1024", "--ulimit", "nproc=10000:10000", "--network", "none")
    groups = ["--systemd=always", "--privileged", "--volume", "/sys/fs/cgroup:/sys/fs/cgroup:rw"]
    if not Path("/sys/fs/cgroup/cgroup.controllers").exists():
        groups += ["--env", f"SYSTEMD_PROC_CMDLINE={LEGACY}"]
    units = ("--volume", f"{ROOT / 'deploy'}:/deploy:ro")
    run("podman", *RUNC, "run", "--detach", "--name", name, *limits, *groups, *units, image)
    try:
        one = Machine(name)
        one.sh("until systemctl is-system-running | grep -E 'running|degraded'; do sleep 0.2; done")
        one.sh(
            f"""
            sed -i 's#^state_dir = .*#state_dir = "/var/lib/vigie"#' {CONFIGURATION}
            sed -i 's#file://var/#file:///var/lib/vigie/#' {CONFIGURATION}
            chgrp -R vigie /etc/vigie
            chmod 0750 /etc/vigie
            cp /deploy/vigie.service /deploy/vigie-backup.service /deploy/vigie-backup.timer /etc/systemd/system/
            install -d -o vigie -g vigie -m 0750 /var/backups/vigie
            systemctl daemon-reload
            systemctl start vigie
            """
        )
        yield one
    finally:
        run("podman", "rm", "--force", "--volumes", "--time", "0", name)


def test_it_starts_says_what_it_watches_and_does_its_work(machine: Machine) -> None:
    assert machine.show("vigie", "ActiveState") == "active"
    assert "watches 1 site with " in machine.show("vigie", "StatusText")
    end = time.monotonic() + PATIENCE
    while not (tickets := machine.tickets()):
        assert time.monotonic() < end, machine.log()
        time.sleep(0.2)
    assert [ticket["rule"] for ticket in tickets] == ["uptime.down"]


def test_a_reload_takes_a_good_configuration_and_refuses_a_wrong_one(machine: Machine) -> None:
    pid = machine.show("vigie", "MainPID")
    machine.sh(f"cp {CONFIGURATION} /tmp/good.toml; sed -i 's/every = .*/every = \"2s\"/' {CONFIGURATION}")
    machine.sh("systemctl reload vigie")
    assert "planned" in machine.log()
    machine.sh(f"echo 'nonsense = 1' >> {CONFIGURATION}; ! systemctl reload vigie")
    assert "nonsense: unknown key" in machine.log()
    machine.sh(f"cp /tmp/good.toml {CONFIGURATION}")
    assert (machine.show("vigie", "ActiveState"), machine.show("vigie", "MainPID")) == ("active", pid)


def test_the_backup_is_made_while_the_daemon_runs_and_is_a_store(machine: Machine) -> None:
    machine.sh("systemctl start vigie-backup")
    (name,) = machine.sh("ls /var/backups/vigie").split()
    (found,) = machine.sh(f"stat --format='%U %a' /var/backups/vigie/{name}").splitlines()
    assert found == "vigie 640"
    code = "import sqlite3, sys; print(*(row[0] for row in sqlite3.connect(sys.argv[1]).execute(sys.argv[2])))"
    query = "SELECT ref FROM tickets WHERE rule = 'uptime.down'"
    kept = machine.sh(f'/opt/vigie/bin/python -c "{code}" /var/backups/vigie/{name} "{query}"')
    assert kept.split() == [ticket["ref"] for ticket in machine.tickets()]


def test_one_that_hangs_is_started_anew_and_keeps_its_tickets(machine: Machine) -> None:
    (before,) = machine.tickets()
    machine.sh(
        """
        mkdir -p /etc/systemd/system/vigie.service.d
        printf '[Service]\\nWatchdogSec=3\\n' > /etc/systemd/system/vigie.service.d/short.conf
        systemctl daemon-reload
        systemctl restart vigie
        kill -STOP "$(systemctl show --property=MainPID --value vigie)"
        """
    )
    machine.until("vigie", "NRestarts", "1")
    machine.until("vigie", "ActiveState", "active")
    assert "Watchdog timeout" in machine.log()
    (after,) = machine.tickets()
    assert (after["ref"], after["opened_at"]) == (before["ref"], before["opened_at"])


def test_it_stops_in_order_and_at_once(machine: Machine) -> None:
    start = time.monotonic()
    machine.sh("systemctl stop vigie")
    assert time.monotonic() - start < 5.0
    assert machine.log().rstrip().endswith("Stopped vigie.service - Vigie, look-out for websites under maintenance.")
    assert "vigie.service: Deactivated successfully." in machine.log().splitlines()[-2]


def test_a_wrong_configuration_is_told_once_and_not_tried_again(machine: Machine) -> None:
    machine.sh(
        f"""
        cp {CONFIGURATION} /tmp/good.toml
        echo 'nonsense = 1' >> {CONFIGURATION}
        ! systemctl start vigie
        """
    )
    try:
        assert machine.show("vigie", "ActiveState") == "failed"
        assert (machine.show("vigie", "ExecMainStatus"), machine.show("vigie", "NRestarts")) == ("3", "0")
        assert "nonsense: unknown key" in machine.log()
    finally:
        machine.sh(f"cp /tmp/good.toml {CONFIGURATION}")
