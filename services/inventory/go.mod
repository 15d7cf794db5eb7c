module spanwise/inventory

go 1.26
