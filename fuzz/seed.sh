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
seed tiff "$fixtures"/*/*.tif*
seed npy "$fixtures"/*/*.np?
# The first byte chooses the name; these seeds carry it.
mkdir -p corpus/tables corpus/sesame
number=0
for file in "$fixtures"/*/*.csv "$fixtures"/*/*.tsv "$fixtures"/*/*.ecsv "$fixtures"/*/*.vot "$fixtures"/*/*.xml "$fixtures"/*/*.txt "$fixtures"/*/table*.fits; do
    [ -f "$file" ] && [ "$(wc -c < "$file")" -le 65536 ] || continue
    case $file in
        *.csv) kind='\000' ;; *.tsv) kind='\001' ;; *.txt) kind='\002' ;; *.ecsv) kind='\003' ;;
        *.vot) kind='\004' ;; *.fits) kind='\005' ;; *) kind='\006' ;;
    esac
    number=$((number + 1))
    { printf "$kind"; cat "$file"; } > "corpus/tables/$number"
done
printf '<Sesame><Target><Resolver name="S"><jradeg>202.46</jradeg><jdedeg>47.19</jdedeg><oname>M 51</oname><otype>G</otype></Resolver></Target></Sesame>' > corpus/sesame/m51
printf 'M 51\n202.47 47.195\nra,dec,name\n10.68,41.27,M31\n' > corpus/sesame/list
