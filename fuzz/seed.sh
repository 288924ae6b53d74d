#!/bin/sh
# Puts the committed fixtures into the corpora as seeds.
cd "$(dirname "$0")" || exit 1
fixtures=../tests/fixtures
seed() {
    mkdir -p "corpus/$1"
    shift_to=$1
    shift
    for file in "$@"; do
        [ -f "$file" ] && [ "$(wc -c < "$file")" -le 65536 ] && cp "$file" "corpus/$shift_to/"
    done
    return 0
}
seed fits "$fixtures"/*/*.fits
seed hdf5 "$fixtures"/*/*.hdf5 "$fixtures"/*/*.h5
seed archive "$fixtures"/*/*.zip "$fixtures"/*/*.tar* "$fixtures"/*/*.gz "$fixtures"/*/*.bz2 "$fixtures"/*/*.png "$fixtures"/*/*.jpg "$fixtures"/*/*.tif* "$fixtures"/*/*.np? "$fixtures"/*/*.webp
seed bundle "$fixtures"/*/*.safetensors
seed checkpoint "$fixtures"/checkpoint/*
