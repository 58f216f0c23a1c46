#!/bin/sh
# Installs the Debian packages named as arguments, without starting any service: the tests start their own servers
# in temporary folders, and a developer's machine should not begin to listen on port 25 because of us.
# Runs as root (`cargo xtask setup` calls it through sudo when needed).
set -eu

policy=/usr/sbin/policy-rc.d
saved=/usr/sbin/policy-rc.d.before-kiem

# Whatever stood there comes back, also when apt fails or the user interrupts.
restore() {
    rm -f "$policy"
    if [ -e "$saved" ] || [ -L "$saved" ]; then mv "$saved" "$policy"; fi
}

# A saved file that is still there is from a run that was killed: it is the real one, ours must not replace it.
if [ ! -e "$saved" ] && [ ! -L "$saved" ] && { [ -e "$policy" ] || [ -L "$policy" ]; }; then mv "$policy" "$saved"; fi
trap restore EXIT
trap 'exit 130' HUP INT TERM
printf '#!/bin/sh\n# No service starts while packages are being installed (see deb-systemd-invoke, invoke-rc.d).\nexit 101\n' >"$policy"
chmod 755 "$policy"

export DEBIAN_FRONTEND=noninteractive
apt-get update -q
for package in "$@"; do
    if [ "$package" = postfix ]; then
        echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections
    fi
done
apt-get install -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 "$@"
