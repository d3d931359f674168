#!/bin/sh
# Every night at 02:15, from the host's cron.
set -eu

stamp=$(date -u +%Y%m%d)
target=/backups/daily

for source in pgdata grafana nextcloud; do
    archive="$target/$source-$stamp.tar.gz"
    tar -C "/source/$source" -czf "$archive.part" .
    mv "$archive.part" "$archive"
    sha256sum "$archive" >> "$target/SHA256SUMS"
done

find "$target" -name '*.tar.gz' -mtime +14 -delete
