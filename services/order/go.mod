module spanwise/order

go 1.26
