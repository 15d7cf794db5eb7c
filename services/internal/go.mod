module spanwise/internal

go 1.26
